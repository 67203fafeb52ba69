#!/usr/bin/env bash
# `make watch`: builds in debug mode, runs, and rebuilds and reloads the page on every save.
# Names without hashes: cargo-leptos hashes them on the first build only, so a rebuilt file would not be found.
set -euo pipefail
export LEPTOS_HASH_FILES=false
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

# A site folder of its own, so that the release build's stays whole.
export LEPTOS_SITE_ROOT="$CARGO_TARGET_DIR/site-watch"

cd "$ROOT"
ensure_build_tools
ensure_redis
exec cargo leptos watch --hot-reload
