CREATE OR REPLACE FUNCTION kernel.partition_bound(p_type regtype, p_position numeric)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_position = '-Infinity' THEN 'MINVALUE'
    WHEN p_position = 'Infinity' THEN 'MAXVALUE'
    WHEN p_type = 'pg_catalog.int8'::regtype THEN p_position::bigint::text
    WHEN p_type = 'pg_catalog.uuid'::regtype
        THEN (
            pg_catalog.lpad(pg_catalog.to_hex((p_position * 1000)::bigint), 12, '0')
            || pg_catalog.repeat('0', 20)
        )::uuid::text
    WHEN p_type = 'pg_catalog.date'::regtype
        THEN pg_catalog.to_char(
            timestamp 'epoch' + p_position * interval '1 second',
            CASE WHEN p_position < -62135596800 THEN 'YYYY-MM-DD BC' ELSE 'YYYY-MM-DD' END
        )
    ELSE pg_catalog.to_char(
        timestamp 'epoch' + p_position * interval '1 second',
        -- What is before the year 1.
        CASE
            WHEN p_position < -62135596800 THEN 'YYYY-MM-DD HH24:MI:SS.US+00 BC'
            ELSE 'YYYY-MM-DD HH24:MI:SS.US+00'
        END
    )
END;

COMMENT ON FUNCTION kernel.partition_bound(regtype, numeric) IS
'The bound of a partition at a position (kernel.partition_position), as text for its declaration.';

GRANT EXECUTE ON FUNCTION kernel.partition_bound(regtype, numeric) TO strongroom_runner, pg_monitor;
