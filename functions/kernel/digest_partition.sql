CREATE OR REPLACE FUNCTION kernel.digest_partition(
    p_partition regclass, OUT row_count bigint, OUT digest bytea
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_sum numeric;
BEGIN
    -- A sum, for rows have no order. (t.*), for a column may be called t.
    EXECUTE format(
        'SELECT count(*), coalesce(sum('
        '(''x'' || encode(substr(sha256(convert_to((t.*)::text, ''UTF8'')), 1, 8), ''hex''))'
        '::bit(64)::bigint), 0) FROM %s AS t',
        p_partition
    )
    INTO row_count, v_sum;
    digest := sha256(convert_to(format('%s:%s', row_count, v_sum), 'UTF8'));
END;
$$;

COMMENT ON FUNCTION kernel.digest_partition(regclass) IS
'How many rows a table has, and SHA-256 over their number and the sum of their digests: equal for
equal rows in any order. A restored copy of what was destroyed can be told from another by it.';
