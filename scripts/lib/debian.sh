# Debian packages: installs those that are missing, as root or through sudo, and says plainly when neither works.
# Knows nothing of why a package is wanted.
# shellcheck shell=bash

APT_NETWORK_TIMEOUT_SECONDS=60
APT_LOCK_TIMEOUT_SECONDS=300

# as_root COMMAND...: with a terminal sudo may ask for a password, without one it must not wait for an answer.
as_root() {
  if [[ "$(id -u)" -eq 0 ]]; then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo --non-interactive "$@"
  fi
}

# install_packages WHY PACKAGE...
install_packages() {
  local why="$1"
  shift
  command -v apt-get >/dev/null || die "$why: please install $* (only Debian's apt is known here), then try again."
  if [[ "$(id -u)" -ne 0 ]] && ! command -v sudo >/dev/null; then
    die "$why: please run as root: apt-get install $*"
  fi

  local began=$SECONDS
  say "$why: installing the Debian packages $* (about 1 min)"
  local -a apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get --quiet --yes
    -o "Acquire::http::Timeout=$APT_NETWORK_TIMEOUT_SECONDS" -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT_SECONDS")
  as_root "${apt[@]}" update
  as_root "${apt[@]}" install --no-install-recommends "$@"
  say "Debian packages $*: done in $(in_words $((SECONDS - began)))"
}
