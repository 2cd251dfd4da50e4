#!/bin/sh
# Opens files in a real Neovim and checks what it shows.
#   NVIM     the editor, 0.11 or later (default: nvim)
#   DOCKVET  the server (default: target/debug/dockvet)
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
nvim=${NVIM:-nvim}
dockvet=${DOCKVET:-$root/target/debug/dockvet}
[ -x "$dockvet" ] || { echo "no dockvet at $dockvet" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$(realpath "$dockvet")" "$work/bin/dockvet"

# A state of its own, so that no configuration of the user takes part.
export XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data" XDG_STATE_HOME="$work/state" XDG_CACHE_HOME="$work/cache"
export PATH="$work/bin:$PATH" EDITORS="$root/editors" PROJECT="$work/a project é"
"$nvim" --headless --clean -l "$root/tests/editors/neovim.lua"
