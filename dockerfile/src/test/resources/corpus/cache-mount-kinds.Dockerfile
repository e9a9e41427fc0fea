FROM alpine
WORKDIR /srv/app
RUN --mount=type=cache,target=cache true
RUN --mount=type=cache,target=/x,id=shared-id,sharing=private,uid=1000,gid=1000,mode=0750 true
RUN --mount=type=cache,from=busybox,source=/bin,target=/y,ro true
RUN --mount=type=tmpfs,target=/tmp,size=64m --mount=type=bind,rw,target=. make
