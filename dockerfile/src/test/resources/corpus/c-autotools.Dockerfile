FROM gcc:14 AS build
ADD https://example.com/pkg/foo-1.2.3.tar.gz /tmp/
RUN cd /tmp && tar xzf foo-1.2.3.tar.gz && cd foo-1.2.3 \
    && ./configure --prefix=/usr/local CFLAGS='-O2 -g' \
    && make -j"$(nproc)" \
    && make install DESTDIR=/out
FROM debian:stable-slim
COPY --from=build /out/ /
