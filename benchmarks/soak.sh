#!/bin/sh
# Builds random graphs with a daemon for a long time and compares each result with what it has to be: soak.sh ADDRESS PID
# MINUTES BUILDERS PICTURE. PID is the daemon's, whose heap, descriptors and threads are sampled and drawn.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/.." && pwd -P)
. "$home/dist/jvm.sh"
[ $# -eq 5 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
shell=${SHELL_PROGRAM:-$(command -v busybox)} || fail "no static shell: install busybox-static"
find_jdk javac || fail "no JDK $JDK_WANTED or newer found"
(cd "$home" && JAVA_HOME=$jdk ${MVN:-mvn} -B -ntp -q -pl benchmarks -am -DskipTests compile dependency:build-classpath \
  "-Dmdep.outputFile=target/classpath" -Dmdep.includeScope=runtime)
exec "$jdk/bin/java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR \
  -cp "$home/benchmarks/target/classes:$(cat "$home/benchmarks/target/classpath")" \
  org.jbuildkit.benchmarks.soak.Main "$1" "$2" "$shell" "$3" "$4" "$5"
