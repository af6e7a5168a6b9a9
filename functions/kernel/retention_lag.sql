CREATE OR REPLACE FUNCTION kernel.retention_lag(p_grace interval)
RETURNS TABLE (policy text, table_name text, oldest timestamptz, problem text)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
SET extra_float_digits = '1'
SET bytea_output = 'hex'
AS $$
DECLARE
    v_policy record;
BEGIN
    FOR v_policy IN
        SELECT
            p.name, p.relation, p.action, p.time_expression,
            coalesce(
                kernel.retention_problem(to_jsonb(p)),
                'Its last batch failed with SQLSTATE ' || p.error_code || '.'
            ) AS problem
        FROM kernel.retention_policy AS p
        WHERE p.is_enabled
        ORDER BY p.name
    LOOP
        policy := v_policy.name;
        table_name := v_policy.relation;
        oldest := NULL;
        problem := v_policy.problem;
        -- Partitions that are overdue are the business of kernel.maintain_partitions.
        IF problem IS NULL AND v_policy.action <> 'drop' THEN
            EXECUTE format(
                'SELECT %1$s FROM %2$s AS t WHERE %3$s AND %4$s ORDER BY %1$s LIMIT 1',
                v_policy.time_expression, v_policy.relation,
                kernel.retention_due(policy, now() - p_grace),
                kernel.retention_free(v_policy.relation, v_policy.action = 'delete')
            ) INTO oldest;
        END IF;
        IF oldest IS NOT NULL OR problem IS NOT NULL THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.retention_lag(interval) IS
'The policies that should have destroyed something p_grace ago and have not, though nothing keeps it,
with the time of the oldest such row; and those that can''t be carried out, with the problem.';

GRANT EXECUTE ON FUNCTION kernel.retention_lag(interval) TO strongroom_runner;
