FROM golang:1.23 AS build
WORKDIR /go/src/app
ADD . /go/src/app
RUN go vet -v && CGO_ENABLED=0 go build -o /go/bin/app
FROM gcr.io/distroless/static-debian12@sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
COPY --from=build /go/bin/app /
CMD ["/app"]
