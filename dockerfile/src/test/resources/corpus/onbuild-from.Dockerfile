FROM alpine AS tools
RUN touch /tool
FROM scratch AS tmpl
ONBUILD COPY --from=tools /tool /tool
ONBUILD ADD --chown=1:1 data /data/
FROM tmpl
