CREATE OR REPLACE FUNCTION kernel.ledger_link(
    p_previous bytea,
    p_seq bigint,
    p_app text,
    p_pseudonym bytea,
    p_key_id text,
    p_act uuid,
    p_erased_at timestamptz
)
RETURNS bytea
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN pg_catalog.sha256(
    p_previous
    || pg_catalog.int8send(p_seq)
    || pg_catalog.int4send(pg_catalog.octet_length(p_app))
    || pg_catalog.convert_to(p_app, 'UTF8')
    || pg_catalog.int4send(pg_catalog.octet_length(p_pseudonym))
    || p_pseudonym
    || pg_catalog.int4send(pg_catalog.octet_length(p_key_id))
    || pg_catalog.convert_to(p_key_id, 'UTF8')
    || pg_catalog.uuid_send(p_act)
    || pg_catalog.timestamptz_send(p_erased_at)
);

COMMENT ON FUNCTION kernel.ledger_link(bytea, bigint, text, bytea, text, uuid, timestamptz) IS
'SHA-256 over an entry of kernel.erasure_ledger and the hash of the entry before. Each text has its
length in front, numbers are big endian, the time is in microseconds since 2000; so whoever has an
exported ledger can work it out.';

GRANT EXECUTE ON FUNCTION
    kernel.ledger_link(bytea, bigint, text, bytea, text, uuid, timestamptz)
TO strongroom_runner;
