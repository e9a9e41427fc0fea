FROM postgres:17
ENV POSTGRES_DB=app POSTGRES_USER=app
COPY --chmod=0755 <<'SH' /docker-entrypoint-initdb.d/10-init.sh
#!/bin/bash
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" <<-EOSQL
	CREATE EXTENSION IF NOT EXISTS pgcrypto;
EOSQL
SH
COPY *.sql /docker-entrypoint-initdb.d/
HEALTHCHECK --interval=5s --timeout=5s --retries=5 CMD pg_isready -U "$POSTGRES_USER" -d "$POSTGRES_DB"
