#!/usr/bin/env bash
# Searches everything that a test run has left for secrets in clear text: what every program said at RUST_LOG=trace, every
# command that changed a store, and the output of the steps. Finding nothing counts only where there was enough to search, all
# of it said at TRACE, and where a secret that is put there is found.
#   no-secrets.sh FOLDER    (by default that of the last `make test`, of which only a run that failed leaves enough)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"

LEFT="${1:-$TEST_LOGS}"
# Whose evidence, and how many logs and stores that must be at least: some below what a whole run leaves.
LEAST=("engine 1 150" "server 4 120" "programs 100 100")
# An append-only file that Redis has put in short begins with such a file of its own, in another form and compressed; one of
# this size (in KiB) holds nothing.
LARGEST_BASE=1
FINDINGS_SHOWN=20

# Sessions as browsers bring them along.
EVERYWHERE=("nests_session=")

scratch="$(mktemp -d)"
trap 'rm -rf -- "$scratch"' EXIT
patterns="$scratch/patterns"

[[ -s "$LEFT/secrets" ]] || die "Nothing to search is left in $LEFT. A run of the tests that passed removes it."

# The stand-in knows what it tells in confidence; the programs and browsers of this run have noted what only they had.
list_patterns() {
  {
    "$STANDIN_BIN" secrets
    printf '%s\n' "${EVERYWHERE[@]}"
    cat -- "$LEFT/secrets"
  } | sort -u | grep -v '^$' >"$patterns"
}

# found_in FOLDER: the files in which a secret stands.
found_in() {
  local status=0
  LC_ALL=C grep --recursive --text --fixed-strings --files-with-matches --file="$patterns" --exclude=secrets -- "$1" || status=$?
  ((status <= 1)) || die "$1 could not be searched."
}

# A search that finds nothing where there is something proves nothing.
try_itself() {
  local planted="$scratch/planted" pattern count=0
  mkdir -p "$planted/deep"
  printf 'INFO nothing to see\0\n' >"$planted/clean.log"
  [[ -z "$(found_in "$planted")" ]] || die "The search finds secrets where there are none."
  while IFS= read -r pattern; do
    printf '*3\r\nTRACE\0{"x":"%s-y"}\r\n' "$pattern" >"$planted/deep/appendonly.aof"
    [[ -n "$(found_in "$planted")" ]] || die "The search does not find what was put there for it: pattern $((count + 1))."
    count=$((count + 1))
  done <"$patterns"
  say "Searching for $count secrets; each is found where it is put"
}

# all_of WHOSE WHAT NAME LEAST: no fewer files of that name than there must be.
all_of() {
  local count
  count="$(find "$LEFT/$1" -type f -name "$3" -printf '.' | wc -c)"
  ((count >= $4)) || die "Only $count $2 of $1 were left to be searched; there must be $4."
}

there_is_enough() {
  local whose logs stores line quiet
  for line in "${LEAST[@]}"; do
    read -r whose logs stores <<<"$line"
    [[ -d "$LEFT/$whose" ]] || die "Nothing was left of $whose."
    all_of "$whose" logs '*.log' "$logs"
    all_of "$whose" stores '*.incr.aof' "$stores"
    quiet="$(find "$LEFT/$whose" -type f -name '*.log' -exec grep --files-without-match ' TRACE ' {} +)" || true
    [[ -z "$quiet" ]] || die "Without a line at TRACE: $quiet"
    quiet="$(find "$LEFT/$whose" -type f -name '*.base.rdb' -size "+${LARGEST_BASE}k")"
    [[ -z "$quiet" ]] || die "Put in short by Redis, and so not to be read: $quiet"
  done
}

list_patterns
try_itself
found="$(found_in "$LEFT")"
if [[ -n "$found" ]]; then
  printf '%s\n' "$found" >&2
  while IFS= read -r file; do
    LC_ALL=C grep --text --only-matching --fixed-strings --file="$patterns" --with-filename -- "$file" | sort | uniq -c
  done <<<"$found" | head -n "$FINDINGS_SHOWN" >&2 || true
  die "Secrets stand in clear text in the files above."
fi
there_is_enough
say "No secret in $(find "$LEFT" -type f -printf '.' | wc -c) files, $(du -sh "$LEFT" | cut -f1)"
