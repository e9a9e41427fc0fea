ARG IMAGE
ARG TAG=latest
FROM ${IMAGE:-busybox}:${TAG:?missing}
