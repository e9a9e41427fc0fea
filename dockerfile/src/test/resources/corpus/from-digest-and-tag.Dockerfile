FROM docker.io/library/alpine:3.20@sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
FROM localhost:5000/team/app:1.0-rc.1_x AS local
FROM registry.example.com:443/a/b/c/d
COPY --from=local / /rootfs/
