#!/usr/bin/env bash
# `make lint`: format, clippy for the machine and for the browser, and the arrows between the packages.
# Two clippy runs, because one over everything would switch on `ssr` and `hydrate` together: that compiles,
# and is a program that never runs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

format() { cargo fmt --all --check; }
clippy_native() { cargo clippy --workspace --exclude frontend --all-targets -- -D warnings; }
clippy_wasm() { cargo clippy -p frontend --target wasm32-unknown-unknown -- -D warnings; }

cd "$ROOT"
case "${1:-all}" in
  format) format ;;
  native) clippy_native ;;
  wasm) clippy_wasm ;;
  all)
    ensure_basics
    ensure_rust_target
    ensure_rust_components
    say "Format"
    format
    say "Clippy (native)"
    clippy_native
    say "Clippy (wasm)"
    clippy_wasm
    say "Arrows between the packages"
    scripts/arrows.sh
    ;;
  *) die "lint.sh knows format, native, wasm and all, not '$1'." ;;
esac
