#!/bin/sh
# usage: fixture.sh FOLDER: makes the trees that the cases start with. S: entries of all kinds;
# U: users; B: busybox; A: archives.
set -e
umask 022
mkdir -p "$1/S/d/sub" "$1/S/e" "$1/S/s" "$1/U/etc" "$1/B" "$1/A" "$1/w/dd"
cd "$1/S"
echo foo > foo
echo ex > ex
chmod 755 ex
echo a > d/a
chmod 600 d/a
echo b > d/b.txt
chmod 4755 d/b.txt
echo x > d/sub/x
chmod 640 d/sub/x
chmod 700 d/sub
chmod 750 d
ln -s ../foo d/l
ln -s d dl
echo t > s/t
ln foo s/hl1
ln foo s/hl2
mkfifo fi
mknod cd c 1 3
mknod bd b 7 200
ln -s nowhere dang
ln -s /d/sub abs
ln -s ../../../d esc
ln -s loop loop
echo cap > capf
printf 'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n' \
  > ../U/etc/passwd
printf 'root:x:0:\ndaemon:x:1:\nusers:x:100:\n' > ../U/etc/group
cp /bin/busybox ../B/busybox
for name in sh mkdir rm ln mv touch chmod chown cp cat mknod mkfifo rmdir; do
  ln -s busybox ../B/$name
done
cd ../w
echo one > dd/one
ln -s one dd/ln
ln dd/one dd/hard
chmod 711 dd
mkdir dd/.wh.k
echo w > .wh.foo
touch -d @1000000000 dd/one dd .wh.foo
chown 12:13 dd/one
tar --sort=name -cf ../A/p.tar dd .wh.foo
echo evil > e
tar -cPf ../A/esc.tar --transform 's,^e$,../../e2,' e
cd ../A
gzip -nk p.tar
bzip2 -k p.tar
xz -k p.tar
zstd -q -k p.tar
head -c 700 p.tar > cut.tar
echo text > text
gzip -nk text
: > empty
head -c 2048 /dev/zero > zeros
ln -s p.tar.gz link.gz
rm -r ../w
