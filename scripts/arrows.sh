#!/usr/bin/env bash
# The arrows between the packages, held by a machine: docs/ARCHITECTURE.md says why each of them exists.
# Reads cargo's own graph (shipped code only, not test dependencies) and names every arrow that points the wrong way.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"

# The rules and the wire types stay pure: a new name here is a decision, not a detail.
NESTS_MAY_USE="deunicode serde serde_json thiserror"
FRONTEND_MAY_USE="app console_error_panic_hook leptos wasm-bindgen"

failures=0

wrong() {
  printf 'Wrong arrow: %s\n' "$*" >&2
  failures=$((failures + 1))
}

# crates_of PACKAGE [CARGO TREE OPTIONS...]: one crate name a line, the package itself left out.
crates_of() {
  local package="$1"
  shift
  cargo tree --quiet --package "$package" --edges normal --prefix none --format '{p}' "$@" |
    awk -v self="$package" '$1 != self && NF { print $1 }' | sort -u
}

# only_uses PACKAGE "ALLOWED..." [OPTIONS...]: the package's direct dependencies are among these.
only_uses() {
  local package="$1" allowed="$2" crates crate
  shift 2
  crates="$(crates_of "$package" --depth 1 "$@")"
  for crate in $crates; do
    [[ " $allowed " == *" $crate "* ]] || wrong "$package uses $crate; it may use: $allowed"
  done
}

# never_sees WHO "CRATES..." "FORBIDDEN...": none of these shell patterns is among the crates.
never_sees() {
  local who="$1" crates="$2" crate pattern
  for crate in $crates; do
    for pattern in $3; do
      # shellcheck disable=SC2053  # the right side is a pattern on purpose
      [[ "$crate" != $pattern ]] || wrong "$who sees $crate"
    done
  done
}

cd "$ROOT"
set -f # the patterns below are for crate names, never for files
nests="$(crates_of nests)"
engine="$(crates_of engine)"
browser="$(crates_of frontend --target wasm32-unknown-unknown)"

only_uses nests "$NESTS_MAY_USE"
never_sees nests "$nests" "tokio futures* rand rand_core getrandom chrono time redis axum* leptos*"
never_sees engine "$engine" "axum* leptos* app server standin"
only_uses frontend "$FRONTEND_MAY_USE" --target wasm32-unknown-unknown
never_sees "the browser" "$browser" "engine server redis tokio mio hyper hyper-util axum* leptos_axum rspotify* lofty notify"
never_sees "app (directly)" "$(crates_of app --depth 1 --features ssr)" "redis rspotify* lofty notify"
never_sees "server (directly)" "$(crates_of server --depth 1)" "redis rspotify* lofty notify standin"

((failures == 0)) || die "$failures wrong arrow(s) between the packages."
say "All arrows between the packages point the right way"
