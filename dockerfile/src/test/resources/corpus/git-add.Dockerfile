FROM alpine AS src
ADD --keep-git-dir=true https://github.com/moby/buildkit.git#v0.10.1 /buildkit
ADD git@git.example.com:foo/bar.git#main:docs /docs
ADD --checksum=be1f38efe73c6a93cc429a0488ad6e6db663398c https://github.com/a/b.git?ref=main&subdir=x /x
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://mirrors.example.com/linux-0.01.tar.gz /
ADD --unpack=true https://example.com/rootfs.tar.xz /rootfs
