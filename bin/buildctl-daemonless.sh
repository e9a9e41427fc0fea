#!/bin/sh
# Runs buildctl with a build daemon of its own, which ends with it. POSIX sh.
#
# Variables:
#   BUILDCTL                       the client (buildctl)
#   BUILDKITD                      the daemon (buildkitd)
#   BUILDKITD_FLAGS                flags of the daemon, separated by spaces
#   ROOTLESSKIT                    what the daemon runs under if the user is not root (rootlesskit)
#   BUILDCTL_CONNECT_RETRIES_MAX   how often a daemon that does not answer yet is asked again (10)
set -eu

: "${BUILDCTL=buildctl}"
: "${BUILDKITD=buildkitd}"
: "${BUILDKITD_FLAGS=}"
: "${ROOTLESSKIT=rootlesskit}"
: "${BUILDCTL_CONNECT_RETRIES_MAX=10}"

tmp=$(mktemp -d /tmp/buildctl-daemonless.XXXXXX)
trap 'end' EXIT
trap 'exit 1' HUP INT TERM

# Ends the daemon and waits for it: it unmounts what it has mounted.
end() {
  if [ -s "$tmp/pid" ]; then
    pid=$(cat "$tmp/pid")
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  rm -rf "$tmp"
}

start() {
  if [ "$(id -u)" = 0 ]; then
    addr=unix:///run/buildkit/buildkitd.sock
    under=
  else
    addr=unix://$XDG_RUNTIME_DIR/buildkit/buildkitd.sock
    under=$ROOTLESSKIT
  fi
  # Words are split where the user has put spaces.
  # shellcheck disable=SC2086
  $under $BUILDKITD $BUILDKITD_FLAGS --addr="$addr" >"$tmp/log" 2>&1 &
  echo $! >"$tmp/pid"
  echo "$addr" >"$tmp/addr"
}

# Milliseconds as seconds, for sleep.
seconds() {
  printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

await() {
  try=0
  until $BUILDCTL --addr="$addr" debug workers >/dev/null 2>&1; do
    if [ "$try" -gt "$BUILDCTL_CONNECT_RETRIES_MAX" ]; then
      echo >&2 "could not connect to $addr after $BUILDCTL_CONNECT_RETRIES_MAX trials"
      echo >&2 "========== log =========="
      cat >&2 "$tmp/log"
      exit 1
    fi
    sleep "$(seconds $((100 + try * 20)))"
    try=$((try + 1))
  done
}

start
await
$BUILDCTL --addr="$addr" "$@"
