#!/bin/sh
# Installs what the tests use, then builds everything and runs every check: compiler, Error Prone, formatting, tests.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")" && pwd -P)

missing=
need() {
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || missing="$missing $2"
}
need crun crun
need runc runc
need busybox busybox-static
need docker-registry docker-registry
need skopeo skopeo
need git git
need ssh openssh-client
need sshd openssh-server
need gpg gpg
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing$missing"
    # shellcheck disable=SC2086
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } ||
      echo "test.sh: could not install$missing: tests that need them are skipped" >&2
  else
    echo "test.sh: not installed:$missing; tests that need them are skipped" >&2
  fi
fi
"$home/system-tests/peers.sh" || echo "test.sh: not all peers are there: tests that need them are skipped" >&2
[ "$(id -u)" = 0 ] || echo "test.sh: not root: tests that mount are skipped" >&2

status=0
"$home/dist/build.sh" verify || status=$?
# The closing line: what surefire counted, over all rooms.
for report in "$home"/*/target/surefire-reports/TEST-*.xml; do
  [ ! -r "$report" ] || sed -n '/<testsuite /,/>/p' "$report" | tr '\n' ' '
done | tr '>' '\n' | awk '
  function number(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
  /<testsuite / { tests += number("tests"); failures += number("failures"); errors += number("errors"); skipped += number("skipped") }
  END { printf "Tests run: %d, failures: %d, errors: %d, skipped: %d\n", tests, failures, errors, skipped }'
[ "$status" = 0 ] || echo "test.sh: failed, see above" >&2
exit "$status"
