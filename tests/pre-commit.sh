#!/usr/bin/env bash
# Runs the hooks of this repository with the real pre-commit on a throw-away repository.
# Usage: tests/pre-commit.sh [HOOK]...   (default: dockvet-system; dockvet and dockvet-rust build the release anew)
# With WHEEL=file.whl the hook that installs the finished wheel is tried too.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
[ $# -gt 0 ] || set -- dockvet-system
wheel="${WHEEL:+$(realpath "$WHEEL")}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { cat "$work/out" >&2; echo "pre-commit: $*" >&2; exit 1; }

pre-commit validate-manifest "$here/.pre-commit-hooks.yaml" "$here/packages/pre-commit/.pre-commit-hooks.yaml"

# dockvet-system takes the program on the PATH: the one that is built here.
bin="${DOCKVET:-$here/target/release/dockvet}"
PATH="$(dirname "$bin"):$PATH"

git init -q "$work/repo"
cd "$work/repo"
mkdir -p api docs

# Every hook must find both files, leave the document alone, and fail. A Dockerfile that comes alone is still read with
# the Compose file that runs it.
finds() {
  local from="$1" hook="$2"
  printf 'FROM alpine:3.22\nUSER root\nCMD ["true"]\n' > api/Dockerfile
  printf 'node_modules\n' > api/Dockerfile.dockerignore
  printf 'services:\n  web:\n    build: api\n    privileged: true\n' > compose.yaml
  printf 'FROM nothing of ours\n' > docs/Dockerfile.md
  git add -A
  if pre-commit try-repo "$from" "$hook" --all-files --color never > "$work/out" 2>&1; then
    fail "$hook: findings should fail the hook"
  fi
  grep -q 'api/Dockerfile' "$work/out" || fail "$hook: api/Dockerfile is not reported"
  grep -q 'compose.yaml' "$work/out" || fail "$hook: compose.yaml is not reported"
  ! grep -q 'Dockerfile.md' "$work/out" || fail "$hook: a document was linted"
  ! grep -q 'dockerignore' "$work/out" || fail "$hook: an ignore file was linted as a Dockerfile"

  printf 'FROM alpine:3.22\nUSER 10001\nCMD ["true"]\n' > api/Dockerfile
  git rm -q --cached compose.yaml && rm compose.yaml
  git add -A
  pre-commit try-repo "$from" "$hook" --all-files --color never > "$work/out" 2>&1 || fail "$hook: a clean repository should pass"

  printf 'FROM nginx:1.29\n' > api/Dockerfile
  printf 'services:\n  web:\n    build: api\n    user: "10001"\n' > compose.yaml
  git add -A
  pre-commit try-repo "$from" "$hook" --files api/Dockerfile --color never > "$work/out" 2>&1 \
    || fail "$hook: the user that compose.yaml sets does not count when the Dockerfile comes alone"
  git rm -q -f --cached compose.yaml && rm compose.yaml
  echo "the hook $hook works"
}

for hook in "$@"; do
  finds "$here" "$hook"
done

# The mirror: what people get once the wheel is published. pip finds the wheel in a folder instead of the index.
if [ -n "$wheel" ]; then
  cp -r "$here/packages/pre-commit" "$work/mirror"
  git init -q "$work/mirror"
  git -C "$work/mirror" add -A
  git -C "$work/mirror" -c user.name=test -c user.email=test@example.com commit -qm mirror
  PIP_FIND_LINKS="$(dirname "$wheel")${PIP_FIND_LINKS:+ $PIP_FIND_LINKS}"
  export PIP_FIND_LINKS
  finds "$work/mirror" dockvet
fi
