#!/bin/sh
# Times the same builds with two daemons in turn: run.sh OURS PEER ROUNDS [WORKLOAD...]. The workloads are wide, deep,
# diamond, exec-2 and exec-8, and outline-2000 and outline-3 (requests about a Dockerfile of so many lines); all of them
# if none is named. Both daemons must allow network.host. The builder inside Docker's engine can be the peer:
#   socat UNIX-LISTEN:/run/peer.sock,fork EXEC:"docker buildx dial-stdio"
#   benchmarks/run.sh unix:///run/buildkit/buildkitd.sock unix:///run/peer.sock 5
# Processes run in a root file system that is a static shell alone: SHELL_PROGRAM, or busybox (Debian's busybox-static).
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/.." && pwd -P)
. "$home/dist/jvm.sh"
[ $# -ge 3 ] || { sed -n '2,6s/^# //p' "$0" >&2; exit 2; }
shell=${SHELL_PROGRAM:-$(command -v busybox)} || fail "no static shell: install busybox-static"
find_jdk javac || fail "no JDK $JDK_WANTED or newer found"
classes=$home/benchmarks/target/classes
list=$home/benchmarks/target/classpath
(cd "$home" && JAVA_HOME=$jdk ${MVN:-mvn} -B -ntp -q -pl benchmarks -am -DskipTests compile dependency:build-classpath \
  "-Dmdep.outputFile=target/classpath" -Dmdep.includeScope=runtime)
ours=$1
peer=$2
rounds=$3
shift 3
exec "$jdk/bin/java" -Xmx1g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR \
  -cp "$classes:$(cat "$list")" org.jbuildkit.benchmarks.Main "$ours" "$peer" "$shell" "$rounds" "$@"
