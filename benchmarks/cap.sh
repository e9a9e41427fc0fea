#!/bin/bash
# cap.sh BIN BASE FOLDER [LIMIT_MB [TOTAL_MB]]
#
# Has TOTAL_MB of builds pass through a daemon that may keep LIMIT_MB, four at a time, checks every
# result, and samples what is below the daemon's root each second. Then a build that alone needs more
# than the limit has to fail clearly. BIN holds buildkitd and buildctl, BASE an OCI layout of an image
# with a shell; FOLDER is made and should be on a disk with room for twice the limit. Needs root, jq.
set -u
bin=$1 base=$2 dir=$3 limit=${4:-5120} total=${5:-40960}
piece=$((limit / 20)) # of which each build writes one or two
mkdir -p "$dir"
export BUILDKIT_HOST=unix://$dir/bk.sock
digest=$(jq -r '.manifests[0].digest' "$base/index.json")
printf '[worker.oci]\n  gc = false\n  maxDiskUsage = "%sMB"\n' "$limit" > "$dir/cap.toml"
"$bin/buildkitd" --config "$dir/cap.toml" --root "$dir/root" --addr "$BUILDKIT_HOST" \
  --otel-socket-path "$dir/otel.sock" > "$dir/daemon.log" 2>&1 &
daemon=$!
trap 'kill $daemon $sampler 2>/dev/null; wait' EXIT
until grep -q 'running server' "$dir/daemon.log"; do sleep 0.1; done

used() { du -skx "$dir/root" 2>/dev/null | cut -f1; }
( while sleep 1; do used; done > "$dir/used" ) & sampler=$!

build() { # NAME ARGS…: builds $dir/NAME
  local d=$dir/$1; shift
  "$bin/buildctl" build --progress=plain --frontend dockerfile.v0 --local context="$d" \
    --local dockerfile="$d" --oci-layout base="$base" --opt "context:base=oci-layout://base@$digest" "$@"
}
fill() { # a RUN instruction that writes PIECE megabytes that no other build writes
  echo "RUN dd if=/dev/urandom of=/seed bs=1M count=1 2>/dev/null && echo $1 >> /seed && i=0 &&" \
    "while [ \$i -lt $piece ]; do cat /seed; i=\$((i+1)); done > /data && md5sum < /data > /sum"
}
one() { # NUMBER
  local n=b$1 d=$dir/b$1; mkdir -p "$d"
  case $(($1 % 3)) in
    0) { echo FROM base; fill "$1"; } > "$d/Dockerfile"
       build "$n" --output "type=local,dest=$d/out" > "$d/log" 2>&1 &&
         [ "$(md5sum < "$d/out/data")" = "$(cat "$d/out/sum")" ] ;;
    1) head -c "${piece}M" /dev/urandom > "$d/data"
       printf 'FROM base\nCOPY data /copied\n' > "$d/Dockerfile"
       build "$n" --output "type=tar,dest=$d/out" > "$d/log" 2>&1 &&
         tar -xOf "$d/out" copied | cmp -s - "$d/data" ;;
    2) { echo FROM base; fill "$1"; echo RUN 'md5sum < /data | cmp - /sum'; } > "$d/Dockerfile"
       build "$n" --output "type=oci,dest=$d/out,compression=uncompressed" > "$d/log" 2>&1 &&
         mkdir "$d/oci" && tar -xf "$d/out" -C "$d/oci" &&
         (cd "$d/oci/blobs/sha256" && for blob in *; do echo "$blob  $blob"; done | sha256sum -c --quiet) ;;
  esac
  if [ $? = 0 ]; then echo right; else echo WRONG; tail -3 "$d/log" >&2; fi >> "$dir/results"
  rm -rf "$d/out" "$d/oci" "$d/data"
}
worker() { for ((i = $1; i * piece * 4 / 3 < total; i += 4)); do one "$i"; done; }

: > "$dir/results"
began=$(date +%s)
for w in 0 1 2 3; do worker $w & jobs[w]=$!; done
wait "${jobs[@]}"
took=$(($(date +%s) - began))
peak=$(sort -n "$dir/used" | tail -1)
echo "$(grep -c right "$dir/results") builds right, $(grep -c WRONG "$dir/results") wrong, in $took s"
echo "limit $limit MB, most used $((peak / 1024)) MB in $(wc -l < "$dir/used") samples"

mkdir -p "$dir/big"
printf 'FROM base\nRUN dd if=/dev/zero of=/data bs=1M count=%s\n' $((limit * 6 / 5)) > "$dir/big/Dockerfile"
build big > "$dir/big/log" 2>&1; echo "too large: exit status $?"; tail -1 "$dir/big/log"
sleep 1
echo "left $(($(used) / 1024)) MB, most used $(($(sort -n "$dir/used" | tail -1) / 1024)) MB"
