#!/usr/bin/env bash
# `make bench`: builds the release program and measures it with the load client; arguments go to the client.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

cd "$ROOT"
ensure_redis
scripts/build.sh
exec cargo run --release --package server --bin nests-bench -- "$@"
