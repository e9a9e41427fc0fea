#!/bin/bash
# crash.sh BIN BASE FOLDER KILLS
#
# Kills a daemon KILLS times at random moments of a mixed load (pulls, steps, cache mounts, exports,
# pruning, collection under a disk limit) and starts it again on the same root. Each time: builds that
# clients saw succeed have to be cached entirely, nothing may be logged as an error, and no mount,
# container, layer, blob or row may be left without an owner. BIN holds buildkitd and buildctl, BASE an
# OCI layout of an image with a shell. Needs root, jq, sqlite3, runc, skopeo and docker-registry.
set -u
bin=$1 base=$2 dir=$3 kills=$4 port=$((20000 + RANDOM % 10000))
mkdir -p "$dir/reg"
export BUILDKIT_HOST=unix://$dir/bk.sock
printf 'version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: "127.0.0.1:%s"}\n' \
  "$dir/reg" "$port" > "$dir/registry.yml"
docker-registry serve "$dir/registry.yml" > "$dir/registry.log" 2>&1 & registry=$!
trap 'kill $registry $daemon 2>/dev/null' EXIT
sleep 1
skopeo copy -q --dest-tls-verify=false "oci:$base" "docker://127.0.0.1:$port/base:1" || exit 1
printf '[registry."127.0.0.1:%s"]\n  http = true\n[worker.oci]\n  maxDiskUsage = "4GB"\n[[worker.oci.gcpolicy]]\n  all = true\n  maxUsedSpace = "3GB"\n' "$port" > "$dir/config.toml"

start() {
  rm -f "$dir/daemon.log"
  "$bin/buildkitd" --config "$dir/config.toml" --root "$dir/root" --addr "$BUILDKIT_HOST" \
    --otel-socket-path "$dir/otel.sock" > "$dir/daemon.log" 2>&1 & daemon=$!
  for ((t = 0; t < 600; t++)); do grep -qs 'running server' "$dir/daemon.log" && return; sleep 0.05; done
  bad "does not start: $(tail -3 "$dir/daemon.log")"
}
failures=0 daemon=
bad() { echo "round $round: $*"; failures=$((failures + 1)); }
build() { # FOLDER ARGS…
  local d=$1; shift
  "$bin/buildctl" build --progress=plain --frontend dockerfile.v0 --local "context=$d" --local "dockerfile=$d" "$@"
}
context() { # NAME WORD: makes a folder with a Dockerfile of steps that no other has
  local d=$dir/w/$1; mkdir -p "$d"
  # Of a size of its own: files of one size and time are taken for the same.
  head -c $((300000 + RANDOM)) /dev/urandom > "$d/data"
  { echo "FROM 127.0.0.1:$port/base:1"; echo "RUN echo $2 $1 && head -c 2000000 /dev/urandom > /r"
    echo "COPY data /d"; echo "RUN --mount=type=cache,target=/c echo $2 $1 >> /c/f && cat /d /r > /e"; } > "$d/Dockerfile"
  echo "$d"
}
load() { # ROUND WORKER: builds until the daemon is gone; names of completed ones go to $dir/done
  local i d; for ((i = 0; ; i++)); do
    if [ "$2" = 2 ]; then
      d=$(context "$1-$2-$i" prunable)
      build "$d" > "$d/log" 2>&1 || return
      "$bin/buildctl" prune --filter 'description~=prunable' > "$d/pruned" 2>&1 || return
    else
      d=$(context "$1-$2-$i" kept)
      if [ "$2" = 0 ]; then set -- "$1" "$2" "type=oci,dest=$d/out"; else set -- "$1" "$2" "type=local,dest=$d/out"; fi
      build "$d" --output "$3" > "$d/log" 2>&1 || return
      echo "$d" >> "$dir/done"
    fi
  done
}
# What the collection removes goes row by row, each row before its files: only what stays is left.
settled() {
  local try
  for try in 1 2 3 4; do
    store_leaks > "$dir/left" && return
    sleep 2
  done
  bad "$(cat "$dir/left")"
}
store_leaks() {
  local db=$dir/root/jbuildkit.db
  sqlite3 "file:$db?mode=ro" 'select id from refs where owns_layer=1' | sort > "$dir/rows"
  find "$dir/root/snapshots" -mindepth 1 -maxdepth 1 -printf '%f\n' | grep -v '^empty$' | sort > "$dir/layers"
  cmp -s "$dir/rows" "$dir/layers" || { echo "rows and layers differ: $(diff "$dir/rows" "$dir/layers" | head -3)"; return 1; }
  { sqlite3 "file:$db?mode=ro" "select json_extract(value,'\$.digest') from ref_values where name like 'layer.blob%'"
    sqlite3 "file:$db?mode=ro" 'select digest from blob_origins union select digest from build_record_blobs'; } | sort -u > "$dir/named"
  find "$dir/root/content/blobs/sha256" -type f -printf 'sha256:%f\n' | sort | comm -13 "$dir/named" - > "$dir/unnamed"
  [ ! -s "$dir/unnamed" ] || { echo "$(wc -l < "$dir/unnamed") blobs that nothing names"; return 1; }
}
leaks() {
  local db=$dir/root/jbuildkit.db mounts left
  mounts=$(grep -c " $dir/root" /proc/self/mountinfo); [ "$mounts" = 0 ] || bad "$mounts mounts left"
  left=$(find "$dir/root/executor/runtime" "$dir/root/executor/containers" -mindepth 2 -maxdepth 2 2>/dev/null | wc -l)
  [ "$left" = 0 ] || bad "$left containers left"
  for id in $running; do find /sys/fs/cgroup -type d -name "*$id*" 2>/dev/null; done | grep -q . && bad "cgroups left"
  left=$(find "$dir/root/content/ingest" "$dir/root/mounts" "$dir/root/executor/mounts" -mindepth 1 | wc -l)
  [ "$left" = 0 ] || bad "$left unfinished files left"
  left=$(sqlite3 "file:$db?mode=ro" 'select count(*) from refs where mutable=1 and retained=0'); [ "$left" = 0 ] || bad "$left unfinished rows left"
  settled
}
check() {
  grep -E 'level=error|Exception' "$dir/daemon.log" && bad "the daemon complains"
  leaks
  local d steps cached
  for d in $(tail -2 "$dir/done"); do
    build "$d" > "$d/again" 2>&1 || bad "$d fails: $(tail -2 "$d/again")"
    cached=$(grep -c ' CACHED$' "$d/again")
    [ "$cached" = 3 ] || bad "$d: only $cached of 3 steps are left"
  done
}
round=0 all=0
start
for ((round = 1; round <= kills; round++)); do
  rm -rf "$dir/w"; : > "$dir/done"
  loads=(); for w in 0 1 2; do load $round $w & loads+=($!); done
  wanted=$((RANDOM % 4)) # builds to be completed before, however slow the machine is
  for ((t = 0; t < 400 && $(wc -l < "$dir/done") < wanted; t++)); do sleep 0.1; done
  sleep $((RANDOM % 3)).$((RANDOM % 10))$((RANDOM % 10))
  kill -9 $daemon; wait $daemon 2>/dev/null; wait "${loads[@]}" 2>/dev/null
  running=$(ls "$dir/root/executor/containers" 2>/dev/null)
  all=$((all + $(wc -l < "$dir/done")))
  start; check
  [ $((round % 10)) = 0 ] && echo "round $round: $failures failures so far, $all builds completed before kills"
done
kill $daemon; wait $daemon
echo "$kills kills, $all builds completed before them, $failures failures"
[ $failures = 0 ]
