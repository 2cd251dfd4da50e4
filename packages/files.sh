#!/usr/bin/env bash
# Makes what goes along with the program in every package: manual pages, completions, licences of the libraries.
# Usage: packages/files.sh PROGRAM [FOLDER]   (default: target/package-files)
set -euo pipefail
cd "$(dirname "$0")/.."
bin="$1"
out="${2:-target/package-files}"
rm -rf "$out"
mkdir -p "$out/man" "$out/completions"
"$bin" man "$out/man"
"$bin" completions bash > "$out/completions/dockvet.bash"
"$bin" completions zsh > "$out/completions/_dockvet"
"$bin" completions fish > "$out/completions/dockvet.fish"
"$bin" completions powershell > "$out/completions/_dockvet.ps1"
packages/licences.py --texts > "$out/THIRD-PARTY"
