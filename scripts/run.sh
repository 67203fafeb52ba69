#!/usr/bin/env bash
# `make run`: gets what is missing, builds, and becomes the program, which prints its own address.
# Arguments go to the program.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

cd "$ROOT"
ensure_redis
scripts/build.sh
say "Starting EchoNest (Ctrl-C stops it)"
exec "$NESTS_BIN" "$@"
