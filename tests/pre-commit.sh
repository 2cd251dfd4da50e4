#!/usr/bin/env bash
# Runs the hook of this repository with the real pre-commit on a throw-away repository.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "pre-commit: $*" >&2; exit 1; }

pre-commit validate-manifest "$here/.pre-commit-hooks.yaml"

git init -q "$work/repo"
cd "$work/repo"
mkdir -p api docs
printf 'FROM alpine:3.22\nUSER root\nCMD ["true"]\n' > api/Dockerfile
printf 'node_modules\n' > api/Dockerfile.dockerignore
printf 'services:\n  web:\n    image: example.com/web:1\n    privileged: true\n' > compose.yaml
printf 'FROM nothing of ours\n' > docs/Dockerfile.md
git add -A

# --all-files must find both files, leave the ignore file and the document alone, and fail.
if pre-commit try-repo "$here" dockvet --all-files --color never > "$work/out" 2>&1; then
  cat "$work/out"; fail "findings should fail the hook"
fi
grep -q 'api/Dockerfile' "$work/out" || { cat "$work/out"; fail "api/Dockerfile is not reported"; }
grep -q 'compose.yaml' "$work/out" || { cat "$work/out"; fail "compose.yaml is not reported"; }
! grep -q 'Dockerfile.md' "$work/out" || { cat "$work/out"; fail "a document was linted"; }
! grep -q 'dockerignore' "$work/out" || { cat "$work/out"; fail "an ignore file was linted as a Dockerfile"; }

# A clean repository passes.
printf 'FROM alpine:3.22\nUSER 10001\nCMD ["true"]\n' > api/Dockerfile
git rm -q --cached compose.yaml && rm compose.yaml
git add -A
pre-commit try-repo "$here" dockvet --all-files --color never > "$work/out" 2>&1 || { cat "$work/out"; fail "a clean repository should pass"; }
echo "the hook works"
