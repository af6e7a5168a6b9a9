CREATE OR REPLACE FUNCTION kernel.retention_due(p_policy text, p_now timestamptz)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD'
SET timezone = 'UTC'
SET intervalstyle = 'iso_8601'
AS $$
DECLARE
    v_policy record;
    v_time_type regtype;
    v_due text;
BEGIN
    SELECT p.*, kernel.retention_cutoff(
        p_now, p.keep_for, p.statutory_minimum, p.override_min_days
    ) AS cutoff
    INTO v_policy
    FROM kernel.retention_policy AS p
    WHERE p.name = p_policy;
    v_time_type := kernel.retention_time_type(
        v_policy.relation, v_policy.time_expression, v_policy.columns
    );

    v_due := format(
        '%s < %L::timestamptz::%s', v_policy.time_expression, v_policy.cutoff, v_time_type
    );
    IF v_policy.override_table IS NOT NULL THEN
        v_due := v_due || format(
            ' AND %s < (%L::timestamptz - coalesce((SELECT CASE WHEN o.%I IS NOT NULL THEN'
            ' make_interval(days => least(greatest(o.%I, %s), %s)) END'
            ' FROM %s AS o WHERE o.%I = t.%I), %L::interval))::%s',
            v_policy.time_expression, p_now, v_policy.override_column, v_policy.override_column,
            v_policy.override_min_days, v_policy.override_max_days, v_policy.override_table,
            (SELECT kernel.subject_columns(v_policy.override_table)),
            (SELECT kernel.subject_columns(v_policy.relation)),
            v_policy.keep_for, v_time_type
        );
    END IF;
    -- What was done already is not done again.
    RETURN v_due || CASE v_policy.action
        WHEN 'null'
            THEN (
                SELECT format(' AND (%s)', string_agg(format('t.%I IS NOT NULL', c.name), ' OR '))
                FROM unnest(v_policy.columns) AS c (name)
            )
        WHEN 'mask'
            THEN format(
                ' AND t.%1$I::text IS DISTINCT FROM (%2$s)::text',
                v_policy.columns[1], v_policy.mask_expression
            )
        ELSE ''
    END;
END;
$$;

COMMENT ON FUNCTION kernel.retention_due(text, timestamptz) IS
'SQL that is true of the rows t that are past their time under a policy (not one of action drop) and
not yet seen to, whoever holds them. For use at the settings of kernel.canonical_row_key.';
