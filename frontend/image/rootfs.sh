#!/bin/sh
# Makes the files of the frontend image in the folder $2, from the jars in the folder $1: a Java runtime with just what the
# program needs, the libraries that it loads, and a start-up archive. Needs root (chroot) and a JDK.
set -eu
unset CDPATH
home=$(cd "$(dirname "$0")/../.." && pwd -P)
. "$home/dist/jvm.sh"
lib=$1 root=$2
find_jdk jlink || fail "no JDK $JDK_WANTED or newer with jlink found"

rm -rf "$root"
mkdir -p "$root/opt/frontend" "$root/tmp" "$root/etc"
chmod 1777 "$root/tmp"
"$jdk/bin/jlink" --add-modules java.base,java.logging,jdk.unsupported --strip-debug --no-header-files --no-man-pages \
  --output "$root/opt/java"
rm -rf "$root/opt/java/legal"

# The jars that the program's own one names, but for those of compression formats, which frontends never read.
jar=$(ls "$lib"/jbuildkit-frontend-*.jar)
cp "$jar" "$root/opt/frontend/jbuildkit-frontend.jar"
unzip -p "$jar" META-INF/MANIFEST.MF | tr -d '\r' | sed -e ':a' -e 'N' -e '$!ba' -e 's/\n //g' | sed -n 's/^Class-Path: //p' |
  tr ' ' '\n' | while read -r name; do
  case $name in zstd-jni* | xz-* | commons-* | '') continue ;; esac
  cp "$lib/$name" "$root/opt/frontend/"
done

# Shared libraries, by the names that programs know them by.
find "$root/opt/java" -name '*.so' -o -path '*/bin/java' | while read -r file; do
  ldd "$file" 2>/dev/null | sed -n 's/^[^/]*\(\/[^ ]*\) (.*/\1/p'
done | sort -u | while read -r library; do
  case $library in "$root"/* | "$jdk"/*) continue ;; esac
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
printf 'root:x:0:0:root:/:/\n' >"$root/etc/passwd"

# All times are whole seconds, as they are in layers: the archive knows its jars by them.
find "$root" -exec touch -h -d @1 {} +
mkdir "$root/proc"
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
chroot "$root" /opt/java/bin/java -XX:AOTCacheOutput=/opt/frontend/frontend.aot -Xmx256m -XX:+UseSerialGC \
  -XX:TieredStopAtLevel=1 -Dio.netty.jfr.enabled=false -Dio.netty.machineId=02:00:00:00:00:00:00:01 \
  -Dslf4j.internal.verbosity=ERROR --sun-misc-unsafe-memory-access=allow \
  --enable-native-access=ALL-UNNAMED -cp /opt/frontend/jbuildkit-frontend.jar org.jbuildkit.frontend.Rehearsal \
  >"$root.log" 2>&1 </dev/null || fail "the rehearsal failed: $(tail -n 3 "$root.log")"
[ -s "$root/opt/frontend/frontend.aot" ] || fail "no start-up archive was made: $(tail -n 3 "$root.log")"
umount "$root/proc"
trap - EXIT
rm -rf "$root.log" "$root"/tmp/* "$root/proc"
find "$root" -newermt @2 -exec touch -h -d @1 {} +
