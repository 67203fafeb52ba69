#!/usr/bin/env bash
# For builds whose folder outlives the clone: gives each file the time at which its present content was first met.
# cargo judges by file times alone. In a fresh clone every file is new, so everything would be built again; and in a
# clone made before the last build a changed file can look old, and the wrong code would be tested.
# keep-times.sh LEDGER: reads the ledger of the last run (content hash, time, path per line) and writes the new one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"

ledger="$1"
now="$(date +%s)"
cd "$ROOT"
[[ -f "$ledger" ]] || : >"$ledger"

git ls-files -z | while IFS= read -r -d '' file; do
  [[ ! -f "$file" ]] || printf '%s\0' "$file"
done | xargs --null sha256sum |
  awk -v now="$now" '
    # The old ledger first, then ("-") what sha256sum prints: 64 characters of hash, two of spacing, the path.
    FILENAME != "-" { hash = $1; time = $2; sub(/^[^ ]+ [^ ]+ /, ""); known[hash " " $0] = time; next }
    { hash = $1; path = substr($0, 67); key = hash " " path; print hash, (key in known ? known[key] : now), path }
  ' "$ledger" - >"$ledger.new"

while read -r _ time file; do
  touch --no-create --date="@$time" -- "$file"
done <"$ledger.new"
mv -- "$ledger.new" "$ledger"
