FROM php:8.2-fpm-alpine
# install things
RUN set -ex; \
# a comment in between
	apk add --no-cache \
# another
		bash \
		imagemagick \

	; \
	true
VOLUME /var/www/html
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["php-fpm"]
