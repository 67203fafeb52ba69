# How the scripts speak: what is being done, how long it should take, how long it took.
# Knows nothing of what it announces.
# shellcheck shell=bash

say() {
  printf '==> %s\n' "$*"
}

die() {
  printf 'Stopped: %s\n' "$*" >&2
  exit 1
}

# in_words SECONDS: "7 s" or "2 min 05 s".
in_words() {
  if (($1 < 60)); then
    printf '%d s' "$1"
  else
    printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
  fi
}

# timed WHAT EXPECTED COMMAND...: announces, runs and measures one command; ends the script where the command fails.
# The command must be a program or a script: inside a shell function the `||` below would switch errexit off.
timed() {
  local what="$1" expected="$2" began=$SECONDS
  shift 2
  say "$what (about $expected)"
  "$@" || die "$what failed after $(in_words $((SECONDS - began)))."
  say "$what: done in $(in_words $((SECONDS - began)))"
}
