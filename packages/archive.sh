#!/usr/bin/env bash
# Packs the program of a target, with manual pages, completions and licences, as the installers expect it:
# dockvet-VERSION-TARGET.tgz (.zip for Windows) with one folder of that name.
# Usage: packages/archive.sh TARGET [FOLDER]   (default: target/archives)
# PROGRAM names one that stands elsewhere than cargo puts it. It must run on this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
target="$1"
out="${2:-target/archives}"
version="$(packages/version.py)"
name="dockvet-$version-$target"
program="${PROGRAM:-target/$target/release/dockvet}"
[ -f "$program" ] || program="$program.exe"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/$name" "$out"
packages/files.sh "$program" "$work/$name"
cp "$program" README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE "$work/$name"
case "$target" in
  *windows*) python3 -c 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", sys.argv[2])' "$out/$name" "$work" ;;
  *) tar -czf "$out/$name.tgz" -C "$work" "$name" ;;
esac
echo "$out/$name"
