FROM alpine AS a
COPY --link a.txt /a/
COPY --link --chown=101 b.txt /b/
COPY --link --from=busybox /bin/busybox /bin/bb
ADD --link https://example.com/c.txt /c/
FROM scratch
COPY --link --from=a /a /a
COPY --link --from=a /b /b
