#!/usr/bin/env bash
# `make real-music`: the two-browser journey on music that was not made for it, the tagged files of two free games.
# The packages are unpacked into the cache, never installed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib/env.sh"
source "$ROOT/scripts/lib/say.sh"
source "$ROOT/scripts/lib/debian.sh"
source "$ROOT/scripts/lib/tools.sh"

PACKAGES=(asc-music wesnoth-1.16-music)
MUSIC="$ECHONEST_CACHE/music"

# fetch PACKAGE: the folder gets its name only once it is complete.
fetch() {
  local package="$1" fresh
  [[ -d "$MUSIC/$package" ]] && return
  mkdir -p "$MUSIC"
  fresh="$(mktemp -d "$MUSIC/fetching.XXXXXX")"
  if ! apt-cache show "$package" >/dev/null 2>&1; then
    as_root apt-get --quiet update
  fi
  timed "Fetching $package" "30 s" env --chdir="$fresh" \
    apt-get --quiet -o "Acquire::http::Timeout=$APT_NETWORK_TIMEOUT_SECONDS" download "$package"
  mkdir "$fresh/unpacked"
  dpkg -x "$fresh/$package"_*.deb "$fresh/unpacked"
  mv -- "$fresh/unpacked" "$MUSIC/$package"
  rm -rf -- "$fresh"
}

count_tracks() {
  find "$1" -type f \( -iname '*.mp3' -o -iname '*.ogg' -o -iname '*.opus' -o -iname '*.flac' -o -iname '*.m4a' \
    -o -iname '*.wav' \) -printf '.' | wc -c
}

cd "$ROOT"
command -v apt-get >/dev/null || die "The music comes from Debian packages, and there is no apt here."
ensure_test_tools
scripts/build.sh
for package in "${PACKAGES[@]}"; do
  fetch "$package"
  tracks="$(count_tracks "$MUSIC/$package")"
  ((tracks > 0)) || die "$package holds no music any more."
  timed "Two browsers on $package, $tracks tracks" "3 min" env --chdir=end2end \
    MUSIC_DIR="$MUSIC/$package" EXPECT_TRACKS="$tracks" \
    npx --no-install playwright test --reporter=list real-music
done
