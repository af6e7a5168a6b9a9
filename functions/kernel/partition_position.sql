CREATE OR REPLACE FUNCTION kernel.partition_position(p_type regtype, p_bound text)
RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
    SELECT CASE
        WHEN p_bound = 'MINVALUE' THEN '-Infinity'
        WHEN p_bound = 'MAXVALUE' THEN 'Infinity'
        WHEN p_type = 'bigint'::regtype THEN p_bound::numeric
        WHEN p_type = 'uuid'::regtype
            THEN ('x' || left(replace(p_bound, '-', ''), 12))::bit(48)::bigint / 1000.0
        ELSE EXTRACT(epoch FROM p_bound::timestamptz)
    END
$$;

COMMENT ON FUNCTION kernel.partition_position(regtype, text) IS
'Where a bound of a partition lies, as a number: seconds since 1970 in UTC for times and version 7
uuids, the key itself for bigint. The text is that of pg_get_expr(relpartbound).';
