CREATE OR REPLACE FUNCTION kernel.partition_position(p_type regtype, p_bound text)
RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_bound = 'MINVALUE' THEN '-Infinity'
    WHEN p_bound = 'MAXVALUE' THEN 'Infinity'
    WHEN p_type = 'pg_catalog.int8'::regtype THEN p_bound::numeric
    WHEN p_type = 'pg_catalog.uuid'::regtype
        THEN (
            'x' || pg_catalog.left(pg_catalog.replace(p_bound, '-', ''), 12)
        )::bit(48)::bigint / 1000.0
    WHEN p_type = 'pg_catalog.date'::regtype THEN EXTRACT(epoch FROM p_bound::date::timestamp)
    ELSE EXTRACT(epoch FROM p_bound::timestamptz)
END;

COMMENT ON FUNCTION kernel.partition_position(regtype, text) IS
'Where a bound of a partition lies, as a number: seconds since 1970 in UTC for times and version 7
uuids, the key itself for bigint. The text is what pg_get_expr(relpartbound) shows of it with the
date style ISO.';

GRANT EXECUTE ON FUNCTION kernel.partition_position(regtype, text) TO strongroom_runner, pg_monitor;
