FROM ubuntu:24.04 AS base
ARG DEBIAN_FRONTEND=noninteractive
RUN rm -f /etc/apt/apt.conf.d/docker-clean; echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
  --mount=type=cache,target=/var/lib/apt,sharing=locked \
  apt-get update && apt-get --no-install-recommends install -y cmake ninja-build g++
FROM base AS build
WORKDIR /w
COPY --exclude=build --exclude=**/*.o . .
RUN cmake -GNinja -B build -DCMAKE_BUILD_TYPE=Release && ninja -C build
FROM scratch AS artifacts
COPY --from=build /w/build/bin/* /
