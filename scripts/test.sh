#!/usr/bin/env bash
# `make test`: everything, in order, and a stop at the first failure. Each step keeps its log. The tally at the
# end is of the tests that count themselves (cargo's and Playwright's); a step that fails uncounted is one failure.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

LOGS="$TEST_LOGS"
SUMMARY="$LOGS/summary"
# What the tests leave to be searched for secrets.
EVIDENCE=(engine server programs secrets)

# Reads the words of libtest ("test result: ok. 3 passed; 0 failed; ...") and of Playwright ("  3 passed (2.1s)").
tally() {
  cat -- "$LOGS"/*.log 2>/dev/null | awk '
    /^test result: / { passed += $4; failed += $6 }
    /^ +[0-9]+ (passed|flaky)( |$)/ { passed += $1 }
    /^ +[0-9]+ (failed|interrupted|did not run)( |$)/ { failed += $1 }
    END { printf "%d %d\n", passed, failed }'
}

finish() {
  local status=$? passed failed
  read -r passed failed < <(tally)
  if ((status != 0 && failed == 0)); then
    failed=1
  fi
  ((status == 0)) || say "The logs in $LOGS take $(du -sh "$LOGS" | cut -f1); the next run removes them"
  say "Everything together took $(in_words $SECONDS)"
  printf '%d passed, %d failed\n' "$passed" "$failed" >"$SUMMARY"
  say "$(<"$SUMMARY")"
}

# step NAME COMMAND...: like `timed`, with the output kept in a log as well. `pipefail` carries the command's failure.
step() {
  local name="$1" began=$SECONDS log
  log="$LOGS/${name//[^a-zA-Z0-9]/-}.log"
  shift
  say "$name"
  "$@" 2>&1 8>&- | tee "$log" || die "$name FAILED after $(in_words $((SECONDS - began))). Its output: $log"
  say "$name: passed in $(in_words $((SECONDS - began)))"
}

cd "$ROOT"
# Another run in the same folder would take this one's logs away, and be searched for its secrets.
mkdir -p "$CARGO_TARGET_DIR"
exec 8>"$CARGO_TARGET_DIR/.test-lock" </dev/null
flock --nonblock 8 || die "Another \`make test\` runs in $CARGO_TARGET_DIR. Wait for it, or set CARGO_TARGET_DIR to another folder."
rm -rf -- "$LOGS"
mkdir -p "$LOGS"
export TEST_LOGS
trap finish EXIT

ensure_test_tools
step "Format" scripts/lint.sh format
step "Clippy (native)" scripts/lint.sh native
step "Clippy (wasm)" scripts/lint.sh wasm
step "Arrows between the packages" scripts/arrows.sh
step "Rust tests" cargo test --workspace --exclude frontend --no-fail-fast
step "Release build" scripts/build.sh
step "Stand-in for the browser tests" cargo build --package standin
step "Browser tests" env --chdir=end2end npx --no-install playwright test --reporter=list
step "No secret in any log or store" scripts/no-secrets.sh "$LOGS"
for whose in "${EVIDENCE[@]}"; do
  rm -rf -- "${LOGS:?}/$whose"
done
