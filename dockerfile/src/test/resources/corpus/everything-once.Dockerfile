# syntax=docker/dockerfile:1
# escape=\
ARG V=1
FROM --platform=$BUILDPLATFORM alpine:3.$V AS all
MAINTAINER x
LABEL a=b
ENV c=d
ARG e=f
ADD g h/
COPY i j/
WORKDIR /k
USER l
VOLUME /m
EXPOSE 1
STOPSIGNAL KILL
SHELL ["n"]
ENTRYPOINT ["o"]
CMD ["p"]
HEALTHCHECK CMD q
ONBUILD RUN r
RUN s
