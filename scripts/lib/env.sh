# Where things are: the repository, the build folder, the tools. Sourced first by every script.
# Owns every path and every environment variable the scripts agree on; starts nothing and prints nothing.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

ECHONEST_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/echonest"
ECHONEST_TOOLS="${ECHONEST_TOOLS:-$ECHONEST_CACHE/tools}"

# Always absolute: cargo reads a relative one against the current folder, cargo-leptos against the workspace.
CARGO_TARGET_DIR="$(cd "$ROOT" && realpath -m -- "${CARGO_TARGET_DIR:-target}")"

# The rustup folder comes last: it is missing from PATH in shells that read no profile, such as those of CI.
PATH="$ECHONEST_TOOLS/bin:$ECHONEST_TOOLS/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

# What cargo-leptos builds and where the program and the browser tests find it. The output name is also compiled
# into leptos: with a different one, or none, the next cargo command would build leptos all over again.
LEPTOS_OUTPUT_NAME="nests"
LEPTOS_BIN_EXE_NAME="nests"
LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/site"
LEPTOS_HASH_FILES="${LEPTOS_HASH_FILES:-true}"
NESTS_BIN="$CARGO_TARGET_DIR/release/nests"
# What the browser tests start in place of Spotify.
STANDIN_BIN="$CARGO_TARGET_DIR/debug/standin"
# What `make test` leaves: the output of each step, and what its tests said and stored. Only there it is exported: tests that
# don't find it in their environment leave nothing.
TEST_LOGS="$CARGO_TARGET_DIR/test-logs"

export ROOT ECHONEST_CACHE ECHONEST_TOOLS CARGO_TARGET_DIR PATH NESTS_BIN STANDIN_BIN
export LEPTOS_OUTPUT_NAME LEPTOS_BIN_EXE_NAME LEPTOS_SITE_ROOT LEPTOS_HASH_FILES
