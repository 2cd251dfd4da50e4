#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh environment, and tries the program that comes out.
# Usage: packages/wheel.sh [FOLDER]   the wheel ends up in FOLDER (default: target/wheels)
# It takes the release build of `cargo build --release` where there is one. MATURIN names the program.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-target/wheels}"
maturin="${MATURIN:-maturin}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "wheel: $*" >&2; exit 1; }

mkdir -p "$out"
"$maturin" build --release --quiet --out "$work/dist"
cp "$work"/dist/*.whl "$out"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-index --no-deps "$work"/dist/*.whl
dockvet="$work/venv/bin/dockvet"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)"
[ "$("$dockvet" --version)" = "dockvet $version" ] || fail "the installed program is $("$dockvet" --version), not $version"
status=0
"$dockvet" check examples/shop > "$work/out" || status=$?
[ "$status" -eq 1 ] || fail "examples/shop should have findings (exit 1), got $status"
grep -q 'secret-in-env' "$work/out" || fail "the finding secret-in-env is not there"
echo "wheel: $(basename "$work"/dist/*.whl) works"
