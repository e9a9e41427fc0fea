#!/bin/sh
# Shows the main job: a base image from Debian's packages, a Dockerfile of several stages that installs a compiler and compiles
# a program in RUN steps, an image that runs; then the same again, from the cache. Needs root on Debian; safe to repeat.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")" && pwd -P)
demo=$home/build/demo
suite=bookworm

say() {
  printf '\n== %s\n' "$*"
}

fail() {
  echo "demo.sh: $*" >&2
  exit 1
}

# Installs the package $2 unless there is a program $1.
need() {
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null && return 0
  command -v apt-get >/dev/null || fail "$1 is missing, and there is no apt-get to install $2 with"
  echo "installing $2"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2" >>"$demo/apt.log" 2>&1 ||
    { apt-get update -q >>"$demo/apt.log" 2>&1 &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$2" >>"$demo/apt.log" 2>&1; } ||
    fail "could not install $2: $(tail -n 1 "$demo/apt.log")"
}

milliseconds() {
  echo $(($(date +%s%N) / 1000000))
}

# A base image as an OCI layout, made once: Debian's packages in a folder, put into an image with our own builder.
make_base() {
  [ ! -e "$demo/base/complete" ] || return 0
  need mmdebstrap mmdebstrap
  say "a base image of Debian's packages"
  rm -rf "$demo/base" "$demo/base-context"
  mkdir -p "$demo/base" "$demo/base-context"
  mmdebstrap --quiet --variant=minbase "$suite" "$demo/base-context/base.tar" >"$demo/base.log" 2>&1 || return 1
  printf 'FROM scratch\nADD base.tar /\nCMD ["/bin/sh"]\n' >"$demo/base-context/Dockerfile"
  "$home/bin/buildx" build --quiet --output "type=oci,dest=$demo/base,tar=false" "$demo/base-context" >"$demo/base.log" 2>&1 </dev/null ||
    fail "the base image was not built: $(tail -n 1 "$demo/base.log")"
  rm -rf "$demo/base-context"
  : >"$demo/base/complete"
}

# Builds the example $1 with the further words into image.tar, showing its progress, and says how long that took.
build() {
  example=$1 log=$2
  shift 2
  echo "bin/buildx build --progress plain --output type=oci,dest=build/demo/image.tar $* examples/$example"
  began=$(milliseconds)
  "$home/bin/buildx" build --progress plain --output "type=oci,dest=$demo/image.tar" "$@" "$home/examples/$example" >"$log" 2>&1 </dev/null || {
    tail -n 25 "$log"
    return 1
  }
  took=$(($(milliseconds) - began))
  sed 's/^/  /' "$log"
}

# Shows that every step of the build in $1 came from the cache.
check_cached() {
  awk '
    match($0, /^#[0-9]+ \[.*[0-9]+\/[0-9]+\] (COPY|ADD|RUN|WORKDIR) /) { step[$1] = $0 }
    $2 == "CACHED" && ($1 in step) { cached[$1] = 1 }
    END {
      for (id in step) { steps++; if (!(id in cached)) { print "not cached: " step[id]; bad = 1 } }
      printf "%d steps, all from the cache\n", steps
      exit bad || steps == 0
    }' "$1" || fail "a step of the second build did not come from the cache"
}

# Runs the image in image.tar with an OCI runtime.
run_image() {
  runtime=$(PATH=$PATH:/usr/sbin:/sbin command -v runc || PATH=$PATH:/usr/sbin:/sbin command -v crun)
  rm -rf "$demo/layout" "$demo/bundle"
  mkdir -p "$demo/layout" "$demo/bundle" "$demo/image"
  tar -xf "$demo/image.tar" -C "$demo/layout"
  echo 'FROM image' >"$demo/image/Dockerfile"
  "$home/bin/buildx" build --quiet --build-context "image=oci-layout://$demo/layout" --output "type=local,dest=$demo/bundle/rootfs" \
    "$demo/image" >"$demo/run.log" 2>&1 </dev/null || fail "the image was not unpacked: $(tail -n 1 "$demo/run.log")"
  (cd "$demo/bundle" && "$runtime" spec) || fail "$runtime can't write a container's description"
  words=
  for word; do
    words="$words${words:+, }\"$word\""
  done
  sed -i -e 's/"terminal": true/"terminal": false/' -e "s|\"sh\"|$words|" "$demo/bundle/config.json"
  in_mounted_root "$runtime" run --bundle "$demo/bundle" "jbuildkit-demo-$$" </dev/null || fail "the image did not run"
}

# The root folder is no mount point, as after a plain chroot, and it lies on a mount that shares nothing. That mount can't be
# seen from below it, but the first process of the machine sees it.
on_private_mount() {
  below=$(awk '{ ids[$1] = 1; parents[NR] = $2 }
    END { for (i = 1; i <= NR; i++) if (!(parents[i] in ids)) { print parents[i]; exit } }' /proc/self/mountinfo)
  awk '$5 == "/" { exit 1 }' /proc/self/mountinfo &&
    awk -v id="$below" '$1 == id { found = 1; for (i = 7; $i != "-"; i++) if ($i ~ /^shared:/) shared = 1 }
      END { exit !found || shared }' /proc/1/mountinfo
}

# Runtimes refuse a root folder that is no mount point: they get one in a namespace of their own.
in_mounted_root() {
  if on_private_mount; then
    unshare --mount --propagation unchanged sh -c 'mount --rbind / / && cd -P /.. && exec chroot . "$@"' sh "$@"
  else
    "$@"
  fi
}

# Builds the example $1 twice with the further words.
build_twice() {
  example=$1
  shift
  say "the first build"
  build "$example" "$demo/first.log" "$@" || return 1
  first=$took
  say "the same again"
  build "$example" "$demo/second.log" "$@" || fail "the second build failed"
  second=$took
}

[ "$(uname -s)" = Linux ] || fail "needs Linux"
[ "$(id -u)" = 0 ] || fail "needs root: the daemon mounts overlay file systems and runs containers"
mkdir -p "$demo"
PATH=$PATH:/usr/sbin:/sbin command -v crun >/dev/null || need runc runc
[ -e "$home/dist/target/jbuildkit/complete" ] || "$home/dist/build.sh" missing || fail "the distribution was not built"
# Whatever builders the user has set up, this is about the one that needs no set-up.
export BUILDX_CONFIG="$demo/buildx"

reached=
if make_base; then
  if build_twice program --build-context "base=oci-layout://$demo/base"; then
    reached=1
  elif ! grep -q 'apt-get.*did not complete successfully' "$demo/first.log"; then
    fail "the build failed"
  fi
fi
if [ -n "$reached" ]; then
  set -- /primes 1000000
else
  say "no package mirror can be reached from here: the example that needs no network instead"
  need busybox busybox-static
  mkdir -p "$demo/busybox"
  cp "$(command -v busybox)" "$demo/busybox/busybox"
  build_twice offline --build-context "busybox=$demo/busybox" || fail "the build failed"
  set -- /bin/greet
fi
say "the second build"
check_cached "$demo/second.log"
say "the image runs: $*"
run_image "$@"
say "the first build took $first ms, the second $second ms"
echo "The daemon that did this was started on demand and ends by itself; bin/buildx stop ends it now."
