#!/usr/bin/env bash
# Runs the scripts of the action as a runner would, with the program at $DOCKVET. With WHEEL=file.whl it is installed
# from there as well.
set -euo pipefail
here="$(cd "$(dirname "$0")/../.." && pwd)"
bin="$(realpath "${DOCKVET:-$here/target/release/dockvet}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "action: $*" >&2; exit 1; }

git init -q -b main "$work/repo"
cd "$work/repo"
commit() { git add -A && git -c user.name=test -c user.email=test@example.com -c commit.gpgsign=false commit -qm "$1"; }
mkdir -- "old place" -dash
printf 'FROM node:22\nUSER root\n' > "old place/Dockerfile"
commit one
git checkout -q -b topic
printf 'FROM node:22\nUSER root\n' > -dash/Dockerfile
commit two
git checkout -q main
git -c user.name=test -c user.email=test@example.com merge -q --no-ff -m merge topic

# Runs the script with the inputs given as NAME=VALUE over the defaults; what it prints is in ../log.
check() {
  : > "$work/output"
  env INPUT_PATHS=. INPUT_ARGS= INPUT_FORMAT=github INPUT_FAIL_ON= INPUT_CHANGED_LINES_ONLY=false INPUT_SARIF= \
    INPUT_UPLOAD_SARIF=false BASE_SHA= RUNNER_TEMP="$work" GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary" \
    PATH="$(dirname "$bin"):$PATH" "$@" "$here/packages/action/check.sh" > "$work/log" 2>&1 || echo "failed $?" >> "$work/log"
}
has() { grep -q -- "$1" "$2" || { cat "$work/log" "$work/output" >&2; fail "$3"; }; }
lacks() { ! grep -q -- "$1" "$2" || { cat "$work/log" "$work/output" >&2; fail "$3"; }; }

check
has '^::warning file=old place/Dockerfile,line=2' "$work/log" "the old file is not annotated"
has '^exit-code=1$' "$work/output" "findings should give exit-code=1"
has 'root-user' "$work/summary" "the summary is empty"

check INPUT_FAIL_ON=error INPUT_ARGS="--select root-user
--quiet" INPUT_PATHS="-dash
old place/Dockerfile"
has '^exit-code=0$' "$work/output" "warnings should not count with fail-on: error"
has 'file=-dash/Dockerfile' "$work/log" "a path with a dash in front is not linted"
has 'file=old place/Dockerfile' "$work/log" "a path with a space is not linted"

check INPUT_CHANGED_LINES_ONLY=true BASE_SHA="$(git rev-parse 'HEAD^1')"
has 'file=-dash/Dockerfile' "$work/log" "the changed file is not annotated"
lacks 'old place' "$work/log" "a file that did not change is annotated"

check INPUT_UPLOAD_SARIF=true INPUT_FAIL_ON=never
has "^sarif=$work/dockvet.sarif$" "$work/output" "the SARIF file is not told"
has '"2.1.0"' "$work/dockvet.sarif" "the SARIF file is not one"

check INPUT_ARGS=--no-such-option
has '^failed 2$' "$work/log" "wrong usage should fail the step"

# A value from outside is text, never a command or an option.
check INPUT_PATHS="\$(touch $work/run)"
[ ! -e "$work/run" ] || fail "an input was run"
# Installing: what is on the PATH afterwards is the program.
version="$("$here/packages/version.py")"
install() {
  : > "$work/path"
  env RUNNER_TEMP="$work/temp" RUNNER_OS=Linux RUNNER_ARCH=X64 GITHUB_PATH="$work/path" ACTION_REPOSITORY=owner/dockvet \
    GH_TOKEN=none INPUT_VERSION="$version" "$@" "$here/packages/action/install.sh" > "$work/log" 2>&1
}
works() { [ "$(PATH="$(cat "$work/path"):$PATH" dockvet --version)" = "dockvet $version" ] || fail "$1 does not install the program"; }

# A release that lies in a folder, and a `gh` that copies from there.
PROGRAM="$bin" "$here/packages/archive.sh" x86_64-unknown-linux-musl "$work/release" > /dev/null
(cd "$work/release" && sha256sum -- * > SHA256SUMS)
mkdir "$work/bin"
cat > "$work/bin/gh" <<END
#!/usr/bin/env bash
[ "\$*" = "release download v$version --repo owner/dockvet --dir $work/temp/dockvet-$version --clobber --pattern dockvet-$version-x86_64-unknown-linux-musl.tgz --pattern SHA256SUMS" ] || exit 1
cp "$work/release/"* "$work/temp/dockvet-$version"
END
chmod +x "$work/bin/gh"
install INPUT_INSTALL=release PATH="$work/bin:$PATH" || { cat "$work/log" >&2; fail "the release cannot be installed"; }
works release
sed -i 's/^./x/' "$work/release/SHA256SUMS"
if install INPUT_INSTALL=release PATH="$work/bin:$PATH"; then fail "a wrong sum is not noticed"; fi
has 'is not what SHA256SUMS says' "$work/log" "a wrong sum is not told"
if install INPUT_INSTALL=release INPUT_VERSION='1.0.0; id'; then fail "a version that is none is taken"; fi

if [ -n "${WHEEL:-}" ]; then
  rm -rf "$work/temp"
  install INPUT_INSTALL=wheel PIP_NO_INDEX=1 PIP_FIND_LINKS="$(dirname "$WHEEL")" || { cat "$work/log" >&2; fail "the wheel cannot be installed"; }
  works wheel
fi
echo "action: the scripts work"
