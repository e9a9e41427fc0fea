FROM alpine:3.20 AS tools
RUN apk add --no-cache make git
FROM tools AS lint
RUN --mount=target=/src cd /src && make lint
FROM tools AS proto
COPY --parents ./services/*/api/./v1/*.proto /protos/
FROM tools AS service-a
COPY services/a /a
FROM tools AS service-b
COPY services/b /b
COPY --from=proto /protos /protos
FROM service-b
COPY --from=service-a /a /a
