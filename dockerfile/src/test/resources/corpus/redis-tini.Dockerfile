FROM debian:12-slim
ENV TINI_VERSION=v0.19.0
ADD --chmod=755 https://github.com/krallin/tini/releases/download/${TINI_VERSION}/tini /tini
RUN apt-get update && apt-get install -y redis-server
ENTRYPOINT ["/tini", "--"]
CMD ["redis-server", "/etc/redis/redis.conf"]
