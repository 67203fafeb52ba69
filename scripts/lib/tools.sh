# The tools: each `ensure_...` gets one of them if its right version is not there yet, and is silent otherwise.
# Versions live here, in Cargo.lock (wasm-bindgen) and in end2end/package.json; nothing is ever built twice.
# Those from npm are the newest that run on Node 18, which is what Debian 12 brings.
# shellcheck shell=bash

CARGO_LEPTOS_VERSION="0.3.6"
BINARYEN_VERSION="132.0.0"
SASS_VERSION="1.99.0"
NPM_NETWORK_TIMEOUT_MS=60000

# Tools are run for moments, so they are built for the compiler's speed, not theirs: a third of the time.
TOOL_BUILD=(env CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
  CARGO_PROFILE_RELEASE_DEBUG=0 "CARGO_TARGET_DIR=$ECHONEST_TOOLS/build")

# has_version VERSION COMMAND...: whether the command's answer ends in exactly that version.
has_version() {
  local version="$1" answer
  shift
  answer="$("$@" 2>/dev/null)" || return 1
  [[ "$answer" == *" $version" ]]
}

# cargo_install WHAT EXPECTED ARGUMENTS...: the build folder goes only after success, so an interrupted build resumes.
cargo_install() {
  local what="$1" expected="$2"
  shift 2
  timed "Building $what, once" "$expected" "${TOOL_BUILD[@]}" cargo install --force --root "$ECHONEST_TOOLS" "$@"
  rm -rf -- "$ECHONEST_TOOLS/build"
}

ensure_basics() {
  command -v npm >/dev/null || die "Node with npm is needed (18 or newer): https://nodejs.org"
  command -v cargo >/dev/null || die "Rust is needed: https://rustup.rs"
  command -v cc >/dev/null || install_packages "Rust needs a linker" gcc libc6-dev
  mkdir -p "$ECHONEST_TOOLS"
}

ensure_rust_target() {
  rustup target list --installed | grep -qx wasm32-unknown-unknown ||
    timed "Rust for WebAssembly" "30 s" rustup target add wasm32-unknown-unknown
}

ensure_rust_components() {
  local component installed
  installed="$(rustup component list --installed)"
  for component in rustfmt clippy; do
    grep -q "^$component" <<<"$installed" || timed "Rust's $component" "30 s" rustup component add "$component"
  done
}

ensure_cargo_leptos() {
  has_version "$CARGO_LEPTOS_VERSION" cargo-leptos --version && return
  if command -v cargo-binstall >/dev/null; then
    say "cargo-leptos $CARGO_LEPTOS_VERSION: trying a ready-made one (about 20 s)"
    cargo binstall --no-confirm --root "$ECHONEST_TOOLS" "cargo-leptos@$CARGO_LEPTOS_VERSION" && return
    say "There is none to be had; building it instead"
  fi
  cargo_install "cargo-leptos $CARGO_LEPTOS_VERSION" "10 min on 2 cores" --locked "cargo-leptos@$CARGO_LEPTOS_VERSION"
}

wasm_bindgen_version() {
  awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' "$ROOT/Cargo.lock"
}

# Without --locked: the lock file inside wasm-bindgen-cli names a crate version that has been withdrawn.
ensure_wasm_bindgen() {
  local version
  version="$(wasm_bindgen_version)"
  [[ -n "$version" ]] || die "Cargo.lock names no wasm-bindgen."
  has_version "$version" wasm-bindgen --version ||
    cargo_install "wasm-bindgen $version" "3 min on 2 cores" "wasm-bindgen-cli@$version"
}

has_npm_package() {
  grep -qs "\"version\": *\"$2\"" "$ECHONEST_TOOLS/node_modules/$1/package.json"
}

# wasm-opt and sass. In one go: npm removes what it finds in the folder and was not asked for.
ensure_npm_tools() {
  has_npm_package binaryen "$BINARYEN_VERSION" && has_npm_package sass "$SASS_VERSION" && return
  timed "wasm-opt (binaryen $BINARYEN_VERSION) and sass $SASS_VERSION" "30 s" \
    npm install --prefix "$ECHONEST_TOOLS" --no-save --omit=optional --no-audit --no-fund --loglevel=error \
    --fetch-timeout="$NPM_NETWORK_TIMEOUT_MS" "binaryen@$BINARYEN_VERSION" "sass@$SASS_VERSION"
}

# The program starts a Redis of its own. Debian's package would also start one for the whole machine, at once
# (RUNLEVEL=1 prevents that without systemd) and at every boot: nobody here asked for it, so it is switched off again.
# The store's scripts and the shape of its files are those of Redis 7.
LEAST_REDIS=7

ensure_redis() {
  local version
  if command -v redis-server >/dev/null; then
    version="$(redis-server --version | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')"
    ((${version:-0} >= LEAST_REDIS)) || die "redis-server here is too old: EchoNest needs version $LEAST_REDIS or newer."
    return
  fi
  install_packages "EchoNest keeps its queues in Redis" redis-server
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl disable --now --quiet redis-server.service
  fi
}

ensure_chromium() {
  local -a missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  # Without any font a page renders, and its screenshots have no text.
  [[ -n "$(fc-list 2>/dev/null)" ]] || missing+=(fontconfig fonts-dejavu-core)
  ((${#missing[@]} == 0)) || install_packages "The browser tests need Chromium and a font" "${missing[@]}"
}

ensure_playwright() {
  local folder="$ROOT/end2end" stamp="$ROOT/end2end/node_modules/.installed-from" lock
  lock="$(sha256sum <"$folder/package-lock.json")"
  [[ -f "$stamp" && "$(<"$stamp")" == "$lock" ]] && return
  timed "Playwright" "20 s" env --chdir="$folder" PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
    npm ci --no-audit --no-fund --loglevel=error --fetch-timeout="$NPM_NETWORK_TIMEOUT_MS"
  printf '%s\n' "$lock" >"$stamp"
}

ensure_build_tools() {
  ensure_basics
  ensure_rust_target
  ensure_cargo_leptos
  ensure_wasm_bindgen
  ensure_npm_tools
}

ensure_test_tools() {
  ensure_build_tools
  ensure_rust_components
  ensure_redis
  ensure_chromium
  ensure_playwright
}
