#!/usr/bin/env bash
# Packs the npm packages around the program at $DOCKVET, installs them offline, and runs what comes out.
set -euo pipefail
here="$(cd "$(dirname "$0")/../.." && pwd)"
bin="$(realpath "${DOCKVET:-$here/target/release/dockvet}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "npm: $*" >&2; exit 1; }

platform="$(node -p 'process.platform + "-" + process.arch')"
node "$here/packages/npm/build.mjs" "$work/out" main > /dev/null
node "$here/packages/npm/build.mjs" "$work/out" "$platform" "$bin" > /dev/null
version="$("$bin" --version | cut -d' ' -f2)"
cd "$work"
npm pack --silent "./out/dockvet" "./out/$platform" > packed
[ "$(wc -l < packed)" -eq 2 ] || fail "two packages should be packed: $(cat packed)"

# Only the two packages, no index: the optional packages of other platforms may be missing.
mkdir app && cd app
printf '{"private": true}\n' > package.json
tar -xf "../dockvet-$version.tgz" --one-top-level=node_modules/dockvet --strip-components=1

run() { node node_modules/dockvet/bin/dockvet.js "$@"; }
status=0
run --version 2> error || status=$?
[ "$status" -eq 2 ] || fail "a missing package should give 2, got $status"
grep -q "@dockvet/$platform is not installed" error || fail "a missing package is not told: $(cat error)"

tar -xf "../dockvet-$platform-$version.tgz" --one-top-level="node_modules/@dockvet/$platform" --strip-components=1
[ "$(run --version)" = "dockvet $version" ] || fail "the launcher does not start the program"
printf 'FROM node:22\nUSER root\n' > Dockerfile
status=0
run check --quiet . > findings || status=$?
[ "$status" -eq 1 ] || fail "findings should give 1, got $status"
grep -q root-user findings || fail "the finding root-user is not there"
printf 'FROM scratch\n' | run check - > /dev/null || fail "standard input does not reach the program"
echo "npm: dockvet $version works on $platform"
