CREATE OR REPLACE FUNCTION kernel.partition_bound(p_type regtype, p_position numeric)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $$
    SELECT CASE
        WHEN p_position = '-Infinity' THEN 'MINVALUE'
        WHEN p_position = 'Infinity' THEN 'MAXVALUE'
        WHEN p_type = 'bigint'::regtype THEN p_position::bigint::text
        WHEN p_type = 'uuid'::regtype
            THEN (
                lpad(to_hex((p_position * 1000)::bigint), 12, '0') || repeat('0', 20)
            )::uuid::text
        WHEN p_type = 'date'::regtype
            THEN (timestamp 'epoch' + p_position * interval '1 second')::date::text
        ELSE (timestamptz 'epoch' + p_position * interval '1 second')::text
    END
$$;

COMMENT ON FUNCTION kernel.partition_bound(regtype, numeric) IS
'The bound of a partition at a position, as text: what kernel.partition_position() reads.';
