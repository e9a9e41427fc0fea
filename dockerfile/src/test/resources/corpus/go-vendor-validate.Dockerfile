FROM golang:1.23 AS vendored
WORKDIR /src
RUN --mount=target=/context \
    --mount=target=.,type=tmpfs \
    --mount=target=/go/pkg/mod,type=cache <<'EOT'
set -e
rsync -a /context/. .
go mod tidy
go mod vendor
mkdir /out
cp -r go.mod go.sum vendor /out
EOT
FROM scratch AS update
COPY --from=vendored /out /
FROM vendored AS validate
RUN --mount=target=/context --mount=target=.,type=tmpfs,size=512m \
  git diff --exit-code
