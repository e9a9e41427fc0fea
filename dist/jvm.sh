# Finds a JDK and starts programs of the distribution. Sourced by the launchers and the build with "home" set to the
# repository's root. POSIX sh; sets "jdk".

JDK_WANTED=25

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The major version of the Java installation $1, or nothing.
jdk_version() {
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/java" -version 2>&1 </dev/null | sed -n '1s/.*version "\([0-9]*\).*/\1/p'
  fi
}

# Takes $1 as the JDK if it is new enough and has the program $2.
take_jdk() {
  [ -n "$1" ] && [ -x "$1/bin/$2" ] || return 1
  found=$(jdk_version "$1")
  [ -n "$found" ] && [ "$found" -ge "$JDK_WANTED" ] || return 1
  jdk=$1
}

# Finds a Java installation that has the program $1 (java to run, javac to build).
find_jdk() {
  on_path=$(command -v "$1" 2>/dev/null) || on_path=
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${JBUILDKIT_JAVA_HOME:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
    take_jdk "$candidate" "$1" && return 0
  done
  return 1
}

# Starts the main class $2 of the jar $1 in place of this shell; $3 are options of the JVM, the rest is the program's.
launch() {
  jar=$1 main=$2 options=$3
  shift 3
  # A JVM with a closed descriptor would take the next file that it opens for its standard input or output.
  true 3>&2 || exec 2>/dev/null
  { true 3<&0; } 2>/dev/null || exec </dev/null
  { true 3>&1; } 2>/dev/null || exec >/dev/null
  find_jdk java || fail "no JDK $JDK_WANTED or newer found: install one (on Debian openjdk-$JDK_WANTED-jdk-headless)" \
    "or set JBUILDKIT_JAVA_HOME"
  out=$home/dist/target/jbuildkit
  [ -e "$out/complete" ] || "$home/dist/build.sh" missing >&2 </dev/null || exit 1
  cache=$out/$main-$(jdk_version "$jdk").aot
  [ ! -r "$cache" ] || options="$options -XX:AOTCache=$cache"
  export LC_ALL=C.UTF-8
  # The options hold no spaces except between them; a cache whose path has some is not used.
  case $out in *[[:space:]]*) options=${options%%-XX:AOTCache=*} ;; esac
  # shellcheck disable=SC2086
  exec "$jdk/bin/java" $options -Xlog:disable '-Xlog:all=error,aot*=off,cds*=off:stderr' -XX:+DisplayVMOutputToStderr -XX:-UsePerfData \
    -Dfile.encoding=UTF-8 -Dsun.jnu.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.jfr.enabled=false \
    "-Djbuildkit.home=$home" "-Djbuildkit.program=${program:-}" -cp "$out/lib/$jar" "$main" "$@"
}
