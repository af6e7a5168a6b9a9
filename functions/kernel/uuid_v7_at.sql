CREATE OR REPLACE FUNCTION kernel.uuid_v7_at(p_at timestamptz)
RETURNS uuid
LANGUAGE sql
VOLATILE
PARALLEL SAFE
RETURN (
    -- 48 bits of milliseconds, the version, 12 bits of the millisecond's fraction, 64 random bits
    -- with the variant: RFC 9562, section 6.2, method 3.
    SELECT pg_catalog.encode(
        pg_catalog.int8send((t.us / 1000 << 16) | 28672 | (t.us % 1000 * 4096 / 1000))
        || pg_catalog.substring(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()), 9, 8),
        'hex'
    )::uuid
    FROM (
        SELECT (EXTRACT(epoch FROM p_at) * 1000000)::bigint
    ) AS t (us)
);

COMMENT ON FUNCTION kernel.uuid_v7_at(timestamptz) IS
'A new version 7 uuid for a moment from 1970 on, exact to the microsecond. For rows that come with
a date of their own; others take kernel.uuid_v7().';

GRANT EXECUTE ON FUNCTION kernel.uuid_v7_at(timestamptz) TO strongroom_client;
