# syntax=docker/dockerfile:1
FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.5.0 AS xx
FROM --platform=$BUILDPLATFORM golang:1.23-alpine AS base
COPY --from=xx / /
RUN apk add --no-cache git clang lld
WORKDIR /src
ENV CGO_ENABLED=1
FROM base AS version
ARG GIT_REF
RUN --mount=target=. <<EOT
  set -e
  case "$GIT_REF" in
    refs/tags/v*) version="${GIT_REF#refs/tags/}" ;;
    *) version=$(git describe --match 'v[0-9]*' --dirty='.m' --always --tags) ;;
  esac
  echo "$version" | tee /tmp/.version
EOT
FROM base AS build
ARG TARGETPLATFORM
RUN xx-apk add --no-cache musl-dev gcc
RUN --mount=type=bind,target=. \
    --mount=type=cache,target=/root/.cache,id=go-build-$TARGETPLATFORM \
    --mount=type=cache,target=/go/pkg/mod \
    --mount=type=bind,from=version,source=/tmp/.version,target=/tmp/.version \
    xx-go build -o /usr/bin/app . && xx-verify /usr/bin/app
FROM scratch AS binary
COPY --link --from=build /usr/bin/app /
FROM alpine:3.20 AS release
COPY --link --from=binary /app /usr/bin/
