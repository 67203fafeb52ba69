#!/usr/bin/env bash
# Builds the program and its pages in release mode, and does nothing where that is already done.
# cargo-leptos empties the site folder and optimises the wasm anew each time (half a minute even when nothing has
# changed), so a stamp beside the program remembers the content it was built from, and what came of it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

STAMP="$CARGO_TARGET_DIR/release/nests.built-from"
SOURCES=(src engine app frontend server style public data Cargo.toml Cargo.lock .cargo rust-toolchain.toml)

# One line for everything that goes into the build: file contents, compiler, tools.
fingerprint() {
  local source
  {
    rustc --version
    printf '%s\n' "$CARGO_LEPTOS_VERSION" "$BINARYEN_VERSION" "$SASS_VERSION" "$LEPTOS_HASH_FILES"
    for source in "${SOURCES[@]}"; do
      [[ ! -e "$source" ]] || find "$source" -type f -print0
    done | LC_ALL=C sort --zero-terminated | xargs --null sha256sum
  } | sha256sum
}

# One line for everything that came out of the build: the program, and the page with the names it calls its files by.
# A program that names files of another build draws a page that never comes alive.
products() {
  local product
  {
    for product in "$NESTS_BIN" "$CARGO_TARGET_DIR/release/hash.txt" "$LEPTOS_SITE_ROOT"; do
      [[ ! -e "$product" ]] || find "$product" -type f -print0
    done | LC_ALL=C sort --zero-terminated | xargs --null --no-run-if-empty sha256sum
  } | sha256sum
}

is_built() {
  [[ -x "$NESTS_BIN" && -f "$STAMP" && "$(<"$STAMP")" == "$1"$'\n'"$(products)" ]]
}

cd "$ROOT"
ensure_build_tools
# Taken before the build: a file saved while it runs makes the next build start again, as it should.
current="$(fingerprint)"
if is_built "$current"; then
  say "The release build is up to date"
  exit 0
fi
rm -f -- "$STAMP"
timed "Building EchoNest (release)" "8 min the first time, 2 min after a change" \
  cargo leptos build --release --precompress
printf '%s\n' "$current" "$(products)" >"$STAMP"
