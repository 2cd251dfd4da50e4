#!/usr/bin/env bash
# Prints the Homebrew formula for a release. Usage: packages/homebrew.sh REPOSITORY_URL SHA256SUMS
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
repository="$1"
sums="$2"
version="$("$here/version.py")"
formula="$(sed -e "s|@VERSION@|$version|g" -e "s|@REPOSITORY@|$repository|g" "$here/homebrew/dockvet.rb.in")"
for target in {aarch64,x86_64}-{apple-darwin,unknown-linux-musl}; do
  sum="$(awk -v file="dockvet-$version-$target.tgz" '$2 == file { print $1 }' "$sums")"
  [ -n "$sum" ] || { echo "homebrew: $sums does not have dockvet-$version-$target.tgz" >&2; exit 1; }
  formula="${formula//@SHA256 $target@/$sum}"
done
printf '%s\n' "$formula"
