FROM alpine AS s0
RUN echo 0 > /f
FROM alpine AS s1
COPY --from=s0 /f /f
FROM alpine AS s2
COPY --from=1 /f /f
RUN --mount=from=s0,target=/m cat /m/f
FROM s2 AS s3
FROM scratch AS out
COPY --from=S3 /f /
