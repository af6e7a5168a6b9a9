CREATE OR REPLACE FUNCTION kernel.retention_window(
    p_policy text,
    p_due text,
    p_from timestamptz,
    p_limit integer,
    p_now timestamptz,
    OUT upto timestamptz,
    OUT is_crowded boolean
)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
AS $$
DECLARE
    c_query CONSTANT text := 'SELECT %1$s FROM %2$s AS t WHERE %1$s %3$s %4$L::timestamptz::%5$s'
        ' AND %6$s ORDER BY %1$s OFFSET %7$s LIMIT 1';
    v_policy record;
BEGIN
    SELECT
        p.relation,
        p.time_expression AS time,
        kernel.retention_time_type(p.relation, p.time_expression, p.columns) AS time_type,
        kernel.retention_cutoff(
            p_now, p.keep_for, p.statutory_minimum, p.override_min_days
        ) AS cutoff
    INTO v_policy
    FROM kernel.retention_policy AS p
    WHERE p.name = p_policy;
    is_crowded := false;
    IF p_from >= v_policy.cutoff THEN
        RETURN;
    END IF;

    EXECUTE format(
        c_query, v_policy.time, v_policy.relation, '>=', p_from, v_policy.time_type, p_due, p_limit
    ) INTO upto;
    IF upto = p_from THEN
        is_crowded := true;
        EXECUTE format(
            c_query, v_policy.time, v_policy.relation, '>', p_from, v_policy.time_type, p_due, 0
        ) INTO upto;
    END IF;
    upto := coalesce(upto, v_policy.cutoff);
END;
$$;

COMMENT ON FUNCTION kernel.retention_window(text, text, timestamptz, integer, timestamptz) IS
'The next range of time that a sweep works on: from p_from, in it, to upto, not in it, so that at most
p_limit rows are due in it. It is crowded where more rows than that have the very same time. upto is
NULL at the end of the sweep.';
