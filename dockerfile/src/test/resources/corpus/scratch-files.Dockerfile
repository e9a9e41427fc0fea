FROM scratch
COPY . /
COPY --chmod=u+x,g-w,o= bin/ /bin/
ADD --chown=0:0 rootfs.tar.gz /
WORKDIR /
WORKDIR ""
USER 0
