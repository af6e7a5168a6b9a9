# syntax=docker/dockerfile:1
# The full server: PostgreSQL 17 with PostGIS, pgvector, pgTAP and plpgsql_check.
#
#   docker build -t strongroom-postgres .
#   docker run -d -p 127.0.0.1:5432:5432 -e POSTGRES_PASSWORD=... -v strongroom:/var/lib/postgresql \
#       strongroom-postgres
#   export DATABASE_URL=postgresql://postgres:...@127.0.0.1:5432/postgres
FROM debian:trixie-slim

RUN mkdir -p /etc/postgresql-common \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get update \
    && apt-get install --yes --no-install-recommends \
        pgbouncer \
        postgresql-17 \
        postgresql-17-pgtap \
        postgresql-17-pgvector \
        postgresql-17-plpgsql-check \
        postgresql-17-postgis-3 \
    && rm -rf /var/lib/apt/lists/*

COPY --chmod=755 <<'SCRIPT' /usr/local/bin/serve
#!/bin/sh
# Make the cluster when there is none, then become the server.
set -eu
umask 077
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
        POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    fi
    if [ -z "${POSTGRES_PASSWORD:-}" ]; then
        echo 'set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE: the port is open to others' >&2
        exit 2
    fi
    # What bears the real name is complete.
    rm -rf "$PGDATA.new"
    printf '%s\n' "$POSTGRES_PASSWORD" > "$PGDATA.password"
    initdb --pgdata="$PGDATA.new" --username=postgres --pwfile="$PGDATA.password" \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --data-checksums \
        --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8
    rm -f "$PGDATA.password"
    echo 'host all all all scram-sha-256' >> "$PGDATA.new/pg_hba.conf"
    mv "$PGDATA.new" "$PGDATA"
fi
unset POSTGRES_PASSWORD
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql \
    -c timezone=UTC -c jit=off "$@"
SCRIPT

ENV PATH=/usr/lib/postgresql/17/bin:$PATH \
    PGDATA=/var/lib/postgresql/data
USER postgres
VOLUME /var/lib/postgresql
EXPOSE 5432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD pg_isready --quiet --username=postgres
ENTRYPOINT ["serve"]
