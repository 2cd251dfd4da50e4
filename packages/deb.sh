#!/usr/bin/env bash
# Makes the Debian package around target/release/dockvet, installs nothing, and tries what is in it.
# Usage: packages/deb.sh [FOLDER]   (default: target/debian). Needs cargo-deb.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-target/debian}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "deb: $*" >&2; exit 1; }

packages/files.sh target/release/dockvet
mkdir -p "$out"
cargo deb --quiet --no-build --no-strip --output "$work/dockvet.deb" > /dev/null
dpkg-deb --extract "$work/dockvet.deb" "$work/root"
"$work/root/usr/bin/dockvet" --version
for file in share/man/man1/dockvet.1.gz share/bash-completion/completions/dockvet share/doc/dockvet/copyright; do
  [ -s "$work/root/usr/$file" ] || fail "usr/$file is missing"
done
field() { dpkg-deb --field "$work/dockvet.deb" "$1"; }
name="$(field Package)_$(field Version)_$(field Architecture).deb"
mv "$work/dockvet.deb" "$out/$name"
echo "deb: $out/$name"
