#!/usr/bin/env bash
# `make bench`: builds the release program and measures it; docs/BENCHMARKS.md says what the figures mean.
# Arguments go to the load client: `make bench ARGS="votes page"` measures only those.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

ORDER=(--package nests --bench order)
LIBRARY=(--package engine --bench library_search)
LOAD=(--package server --bench load)
PLAYS=(--release --package engine --test it)

cd "$ROOT"
ensure_redis
ensure_chromium
ensure_playwright
scripts/build.sh

# All compiled first, so that no compiler shares the machine with what is measured.
timed "Building the benchmark of the fair order" "1 min the first time" cargo bench --no-run "${ORDER[@]}"
timed "Building the benchmark of the library" "2 min the first time" cargo bench --no-run "${LIBRARY[@]}"
timed "Building the import of a million plays" "3 min the first time" cargo test --no-run "${PLAYS[@]}"
timed "Building the load client" "1 min the first time" cargo bench --no-run "${LOAD[@]}"

say "The rules: the fair order"
cargo bench "${ORDER[@]}"
say "The library: search among 100,000 tracks"
cargo bench "${LIBRARY[@]}"
say "A million plays: their import, and throwbacks drawn and picked from them"
cargo test "${PLAYS[@]}" -- --ignored --exact --nocapture plays::million::a_million_plays
say "The program under load (about 5 min)"
cargo bench "${LOAD[@]}" -- "$@"
