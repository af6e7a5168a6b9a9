BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(8);

CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT g AS n, clock_timestamp() AS before, kernel.uuid_v7() AS id, clock_timestamp() AS after
FROM generate_series(1, 20000) AS g;

SELECT is(count(*) FILTER (WHERE substring(id::text, 15, 1) <> '7'), 0::bigint, 'the version is 7')
FROM made;

SELECT is(
    count(*) FILTER (WHERE substring(id::text, 20, 1) NOT IN ('8', '9', 'a', 'b')), 0::bigint,
    'the variant is that of RFC 9562'
)
FROM made;

SELECT is(count(DISTINCT id), 20000::bigint, 'no value is made twice') FROM made;

SELECT is(
    (
        SELECT count(*)
        FROM (SELECT id, lag(id) OVER (ORDER BY n) AS previous FROM made) AS pair
        WHERE pair.id <= pair.previous
    ),
    0::bigint,
    'each value is greater than the one before it in the session'
);

CREATE FUNCTION pg_temp.made_at(p_id uuid) RETURNS timestamptz
LANGUAGE sql
RETURN to_timestamp(
    ('x' || lpad(left(replace(p_id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint / 1000.0
);

SELECT is(
    (
        SELECT count(*)
        FROM made
        WHERE pg_temp.made_at(id) NOT BETWEEN before - interval '1 ms' AND after + interval '1 ms'
    ),
    0::bigint,
    'the time in it is the time when it was made, within a millisecond'
);

SELECT is(
    pg_temp.made_at(kernel.uuid_v7_at('2001-02-03 04:05:06.789Z')), '2001-02-03 04:05:06.789Z',
    'uuid_v7_at() carries the moment that it is given'
);

SELECT is(
    (
        SELECT count(*)
        FROM (
            SELECT id, lag(id) OVER (ORDER BY us) AS previous
            FROM (
                SELECT
                    us,
                    kernel.uuid_v7_at('2026-01-01 00:00Z'::timestamptz + us * interval '1 us') AS id
                FROM generate_series(0, 5000) AS us
            ) AS each_microsecond
        ) AS pair
        WHERE pair.id <= pair.previous
    ),
    0::bigint,
    'microseconds that differ give values in their order'
);

SELECT is(
    left(kernel.uuid_v7_at('9999-12-31 23:59:59.999999Z')::text, 15), 'e677d21f-dbff-7',
    'the far future fits'
);

SELECT * FROM finish();
ROLLBACK;
