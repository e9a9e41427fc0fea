FROM nginx:1.27-alpine
LABEL org.opencontainers.image.title="site" \
      org.opencontainers.image.source="https://example.com/site.git" \
      org.opencontainers.image.licenses='Apache-2.0'
COPY nginx.conf /etc/nginx/nginx.conf
COPY --chmod=644 html/ /usr/share/nginx/html/
EXPOSE 80/tcp 443/tcp 443/udp
STOPSIGNAL SIGQUIT
VOLUME /var/cache/nginx
