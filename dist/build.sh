#!/bin/sh
# Builds the distribution into dist/target/jbuildkit: finds a JDK and a Maven, fetching what is missing where it can.
#   dist/build.sh           builds
#   dist/build.sh missing   builds unless another has done so meanwhile
#   dist/build.sh verify    builds, and runs every check and test
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/.." && pwd -P)
. "$home/dist/jvm.sh"

MAVEN_VERSION=3.9.16
out=$home/dist/target/jbuildkit
tools=$home/build/tools

# Installs Debian packages, where that is possible.
debian_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  echo "installing $*" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2 && return 0
  apt-get update -q >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >&2
}

# The version of the Maven $1 is at least 3.9, and it is not Debian's, whose parts are put together otherwise: plugins that
# need what Maven itself ships fail with it.
new_maven() {
  case $(readlink -f "$1") in /usr/share/maven/*) return 1 ;; esac
  (cd / && "$1" -v 2>/dev/null) | sed -n 's/.*Apache Maven \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' |
    { read -r major minor && { [ "$major" -gt 3 ] || { [ "$major" -eq 3 ] && [ "$minor" -ge 9 ]; }; }; }
}

find_maven() {
  mvn=$tools/apache-maven-$MAVEN_VERSION/bin/mvn
  [ ! -x "$mvn" ] || return 0
  command -v mvn >/dev/null || debian_install maven || fail "no Maven found: install maven"
  mvn=$(command -v mvn)
  new_maven "$mvn" && return 0
  echo "fetching Maven $MAVEN_VERSION" >&2
  (cd "$tools" && "$mvn" -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
    -Dartifact="org.apache.maven:apache-maven:$MAVEN_VERSION:tar.gz:bin" -DoutputDirectory="$tools" >&2) ||
    fail "the installed Maven can not build this and could not fetch Maven $MAVEN_VERSION"
  mvn=$tools/apache-maven-$MAVEN_VERSION/bin/mvn
  chmod +x "$mvn"
}

# Start-up archives, one for each program, made of what a short run loads; a program runs without its archive as well, only
# starts slower.
archive() {
  main=$1
  jar=$2
  shift 2
  cache=$out/$main-$(jdk_version "$jdk").aot
  rm -f "$cache"
  LC_ALL=C.UTF-8 exec "$jdk/bin/java" -XX:AOTCacheOutput="$cache" --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -Dio.netty.jfr.enabled=false -cp "$out/lib/$jar" "$@" >/dev/null 2>&1 </dev/null
}

# A build that touches most of what builds touch: files both ways, an image archive, a second time from the cache.
training_context() {
  mkdir -p "$1/files"
  for name in a b c; do
    echo "$name" >"$1/files/$name"
  done
  printf '%s\n' 'FROM scratch AS one' 'COPY files/a /a' 'WORKDIR /work' 'COPY --link files /files/' 'FROM scratch' 'ARG NAME=x' \
    'ENV NAME=${NAME:-y}' 'COPY --from=one /files/ /' 'CMD ["/a"]' >"$1/Dockerfile"
  mkdir -p "$1/long"
  long_file >"$1/long/Dockerfile"
}

# All of the language, often enough that the archive has a profile of its conversion.
long_file() {
  printf '%s\n' 'ARG VERSION=1.2' 'ARG BASE=scratch' 'FROM $BASE AS stage0'
  n=1
  while [ $n -le 100 ]; do
    printf '%s\n' "# stage$n is one of many" "FROM stage$(((n - 1) / 10 * 10)) AS stage$n" 'ARG VERSION' "ARG OPTION=value$n other" \
      "ENV PATH_$n=/opt/\${OPTION}/bin:/usr/bin NAME=\"\$VERSION \${other:-none}\" A='b'" "WORKDIR /work/$n" \
      "COPY --chmod=644 src/$n/ a* ./" "ADD --chown=1000:1000 a.tar b.tar /archives/" \
      "RUN --mount=type=cache,target=/cache,id=c$n --mount=type=bind,from=stage$((n - 1)),target=/in make \${OPTION} \\" \
      '    -j4 && echo done' 'RUN ["/bin/x", "y z"]' 'RUN <<E' 'echo "$a" ${b#c}' 'E' "LABEL org.example.part$n=\"\$VERSION-$n\" b=c" \
      'COPY <<-x <<"y" /documents/' "	a \$VERSION" '	x' 'b' 'y' "COPY --link --from=stage$(((n - 1) / 10 * 10)) /out /in" 'USER 1000:1000' \
      'EXPOSE 80/tcp 90' 'VOLUME /data' 'HEALTHCHECK --interval=5s CMD true' 'STOPSIGNAL SIGTERM' 'SHELL ["/bin/sh", "-c"]' \
      "ENTRYPOINT [\"/run\", \"$n\"]" 'CMD run me'
    n=$((n + 1))
  done
}

archives() {
  work=$(mktemp -d)
  training_context "$work/context"
  archive org.jbuildkit.daemon.Main jbuildkit-daemon-0.1.0-SNAPSHOT.jar -Xmx1g -XX:+UseG1GC \
    org.jbuildkit.daemon.Main --root "$work/root" --addr "unix://$work/socket" &
  daemon=$!
  tries=0
  while [ ! -S "$work/socket" ] && [ $tries -lt 100 ] && kill -0 "$daemon" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
  done
  (archive org.jbuildkit.buildctl.Main jbuildkit-buildctl-0.1.0-SNAPSHOT.jar -Xmx256m -XX:+UseSerialGC \
    -XX:TieredStopAtLevel=1 org.jbuildkit.buildctl.Main --addr "unix://$work/socket" build --progress plain \
    --frontend dockerfile.v0 --local "context=$work/context" --local "dockerfile=$work/context" \
    --output "type=oci,dest=$work/image.tar" --output "type=local,dest=$work/out") || :
  (export BUILDX_CONFIG="$work/config" BUILDKIT_PROGRESS=plain
    "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$out/lib/jbuildkit-buildx-0.1.0-SNAPSHOT.jar" \
      org.jbuildkit.buildx.Main create --driver remote --use "unix://$work/socket" >/dev/null 2>&1 </dev/null
    archive org.jbuildkit.buildx.Main jbuildkit-buildx-0.1.0-SNAPSHOT.jar -Xmx256m -XX:+UseSerialGC \
      -XX:TieredStopAtLevel=1 org.jbuildkit.buildx.Main build --output "type=oci,dest=$work/image.tar" \
      --output "type=local,dest=$work/out" "$work/context"
    for question in outline lint outline lint outline lint; do
      "$jdk/bin/java" --enable-native-access=ALL-UNNAMED -cp "$out/lib/jbuildkit-buildx-0.1.0-SNAPSHOT.jar" \
        org.jbuildkit.buildx.Main build --call "$question" "$work/context/long" >/dev/null 2>&1 </dev/null
    done) || :
  kill "$daemon" 2>/dev/null || :
  wait "$daemon" || :
  rm -rf "$work"
}

mkdir -p "$tools"
if command -v flock >/dev/null; then
  exec 9>"$home/build/lock"
  flock 9
fi
[ "${1:-}" != missing ] || [ ! -e "$out/complete" ] || exit 0
find_jdk javac || { debian_install "openjdk-$JDK_WANTED-jdk-headless" && find_jdk javac; } ||
  fail "no JDK $JDK_WANTED or newer found: install one or set JBUILDKIT_JAVA_HOME"
export JAVA_HOME="$jdk"
find_maven
cd "$home"
rm -f "$out/complete"
if [ "${1:-}" = verify ]; then
  "$mvn" -B -ntp verify 9>&-
else
  echo "building the distribution" >&2
  "$mvn" -q -B -ntp package -Dmaven.test.skip=true 9>&-
fi
archives 9>&-
: >"$out/complete"
