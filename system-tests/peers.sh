#!/bin/sh
# Unpacks peers that the tests drive, from Debian's newer suites, into build/peers/SUITE: never installed, and the machine's
# package sources stay as they are. Safe to repeat; says what could not be had.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/.." && pwd -P)
peers=$home/build/peers

say() {
  echo "peers.sh: $*" >&2
}

# The mirror that this machine uses for Debian.
mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -n -e 's/^deb \(\[[^]]*\] \)\{0,1\}\(http[^ ]*\/debian\/\{0,1\}\) .*/\2/p' -e 's/^URIs: *\(http[^ ]*\/debian\/\{0,1\}\) *$/\1/p' |
    head -n 1
}

# apt-get with a root of its own for the suite $1. A mirror may be some weeks behind: what it has is signed all the same.
suite_apt() {
  root=$peers/apt-$1
  shift
  apt-get -q -o "Dir::Etc=$root" -o "Dir::State=$root/state" -o "Dir::Cache=$root/cache" -o Dir::State::status=/dev/null \
    -o "Dir::Etc::TrustedParts=/etc/apt/trusted.gpg.d" -o APT::Sandbox::User=root -o Acquire::Languages=none \
    -o Acquire::Check-Valid-Until=false \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# Unpacks the packages $2… of the suite $1.
unpack() {
  suite=$1
  shift
  [ ! -e "$peers/$suite/complete" ] || return 0
  uri=$(mirror)
  [ -n "$uri" ] || {
    say "this machine's package sources name no Debian mirror"
    return 1
  }
  rm -rf "$peers/apt-$suite" "$peers/$suite"
  mkdir -p "$peers/apt-$suite/state/lists/partial" "$peers/apt-$suite/cache/archives/partial" "$peers/$suite" \
    "$peers/apt-$suite/preferences.d" "$peers/apt-$suite/apt.conf.d"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main" >"$peers/apt-$suite/sources.list"
  if ! suite_apt "$suite" update >"$peers/apt-$suite/log" 2>&1; then
    say "no package lists of $suite: $(tail -n 1 "$peers/apt-$suite/log")"
    return 1
  fi
  (cd "$peers/apt-$suite" && suite_apt "$suite" download "$@" >>"$peers/apt-$suite/log" 2>&1) || {
    say "could not download $* of $suite: $(tail -n 1 "$peers/apt-$suite/log")"
    return 1
  }
  for package in "$peers/apt-$suite"/*.deb; do
    dpkg-deb -x "$package" "$peers/$suite"
  done
  : >"$peers/$suite/complete"
}

command -v dpkg-deb >/dev/null && command -v apt-get >/dev/null || {
  say "no Debian: no peers"
  exit 1
}
status=0
unpack trixie docker-buildx || status=1
unpack sid docker-buildx docker.io docker-cli containerd || status=1
exit "$status"
