#!/usr/bin/env bash
# Runs dockvet as the inputs in INPUT_* say. Called by action.yml. Ends with 0 when dockvet did its work, whatever it
# found: a later step fails the job, so that the findings can be uploaded first.
set -euo pipefail
fail() { echo "::error title=dockvet::$*"; exit 2; }
out="${GITHUB_OUTPUT:-/dev/null}"

options=(--format "$INPUT_FORMAT")
[ -z "$INPUT_FAIL_ON" ] || options+=(--fail-on "$INPUT_FAIL_ON")

# A pull request is checked out as its merge: what it changes is what the merge brings to its first parent.
if [ "$INPUT_CHANGED_LINES_ONLY" = true ] && [ -n "$BASE_SHA" ]; then
  if git rev-parse -q --verify 'HEAD^2' > /dev/null; then
    options+=(--changed-lines 'HEAD^1..HEAD')
  elif git merge-base "$BASE_SHA" HEAD > /dev/null 2>&1; then
    options+=(--changed-lines "$BASE_SHA...HEAD")
  else
    fail "changed-lines-only needs the history: give actions/checkout fetch-depth: 2"
  fi
fi

sarif="$INPUT_SARIF"
if [ -z "$sarif" ] && [ "$INPUT_UPLOAD_SARIF" = true ]; then
  sarif="$RUNNER_TEMP/dockvet.sarif"
fi
[ -z "$sarif" ] || options+=(--output "sarif=$sarif")

read -ra more <<< "${INPUT_ARGS//$'\n'/ }"
options+=("${more[@]}")

paths=()
while IFS= read -r path; do
  path="${path%$'\r'}"
  [ -z "$path" ] || paths+=("$path")
done <<< "$INPUT_PATHS"
[ "${#paths[@]}" -gt 0 ] || paths=(.)

status=0
dockvet check "${options[@]}" -- "${paths[@]}" || status=$?
[ "$status" -le 1 ] || exit "$status"
{
  echo "exit-code=$status"
  if [ -n "$sarif" ]; then echo "sarif=$sarif"; fi
} >> "$out"
