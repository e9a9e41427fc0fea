#!/bin/sh
# Builds the example without any network, twice: the second time everything comes from the cache.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")" && pwd -P)

fail() {
  echo "demo.sh: $*" >&2
  exit 1
}

[ "$(uname -s)" = Linux ] || fail "needs Linux"
[ "$(id -u)" = 0 ] || fail "needs root: the daemon mounts overlay file systems"
[ -e "$home/dist/target/jbuildkit/complete" ] || "$home/dist/build.sh" missing || fail "the distribution was not built"

work=$(mktemp -d)
daemon=
finish() {
  [ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; } || :
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

"$home/bin/buildkitd" --root "$work/root" --addr "unix://$work/buildkitd.sock" >"$work/daemon.log" 2>&1 &
daemon=$!
tries=0
until [ -S "$work/buildkitd.sock" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 300 ] || ! kill -0 "$daemon" 2>/dev/null; then
    tail -n 5 "$work/daemon.log" >&2
    fail "buildkitd did not start"
  fi
  sleep 0.1
done

# Builds into the archive $1 and says how long that took.
build() {
  began=$(date +%s%N)
  "$home/bin/buildctl" --addr "unix://$work/buildkitd.sock" build --progress plain --frontend dockerfile.v0 \
    --local "context=$home/examples/offline" --local "dockerfile=$home/examples/offline" \
    --output "type=oci,dest=$work/$1.tar" 2>"$work/$1.log" </dev/null || {
    tail -n 10 "$work/$1.log" "$work/daemon.log" >&2
    fail "the build failed"
  }
  took=$((($(date +%s%N) - began) / 1000000))
}

echo "buildctl build --frontend dockerfile.v0 --local context=examples/offline --local dockerfile=examples/offline" \
  "--output type=oci,dest=example.tar"
build first
first=$took
sed 's/^/  /' "$work/first.log"
echo
echo "The same again:"
build second
sed 's/^/  /' "$work/second.log"
echo
echo "The archive:"
tar -tf "$work/second.tar" | sed 's/^/  /'
cached=$(grep -c ' CACHED$' "$work/second.log") || cached=0
[ "$cached" -gt 0 ] || fail "nothing of the second build came from the cache"
digest() {
  sed -n 's/.*exporting manifest \(sha256:[0-9a-f]*\).*/\1/p' "$work/$1.log"
}
[ "$(digest first)" = "$(digest second)" ] || fail "the two images differ"
echo
echo "first build: $first ms; second build: $took ms, $cached steps from the cache; both made the same image"
