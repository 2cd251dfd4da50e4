#!/usr/bin/env bash
# Puts dockvet on the PATH of the steps that follow. Called by action.yml, with the inputs in INPUT_*.
set -euo pipefail
fail() { echo "::error title=dockvet::$*"; exit 2; }

[[ "$INPUT_VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "version is not of the form 1.2.3"
home="$RUNNER_TEMP/dockvet-$INPUT_VERSION"

wheel() {
  local python
  python="$(command -v python3 || command -v python)" || fail "install: wheel needs Python; use install: release"
  "$python" -m venv "$home"
  local bin="$home/bin"
  [ -d "$bin" ] || bin="$home/Scripts"
  "$bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "dockvet==$INPUT_VERSION"
  echo "$bin" >> "$GITHUB_PATH"
}

release() {
  local target
  case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl.tgz ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl.tgz ;;
    macOS-X64) target=x86_64-apple-darwin.tgz ;;
    macOS-ARM64) target=aarch64-apple-darwin.tgz ;;
    Windows-X64) target=x86_64-pc-windows-msvc.zip ;;
    *) fail "there is no release for $RUNNER_OS on $RUNNER_ARCH" ;;
  esac
  local archive="dockvet-$INPUT_VERSION-$target"
  mkdir -p "$home"
  gh release download "v$INPUT_VERSION" --repo "$ACTION_REPOSITORY" --dir "$home" --clobber --pattern "$archive" --pattern SHA256SUMS
  cd "$home"
  # The line of this archive, and nothing else, must agree.
  awk -v file="$archive" '$2 == file' SHA256SUMS > wanted
  [ -s wanted ] || fail "SHA256SUMS does not have $archive"
  sha256sum --check --quiet wanted 2> /dev/null || shasum -a 256 --check --quiet wanted || fail "$archive is not what SHA256SUMS says"
  case "$archive" in
    *.zip) unzip -q -o "$archive" ;;
    *) tar -xzf "$archive" ;;
  esac
  echo "$home/${archive%.*}" >> "$GITHUB_PATH"
}

case "$INPUT_INSTALL" in
  wheel) wheel ;;
  release) release ;;
  *) fail "install is wheel, release or none" ;;
esac
