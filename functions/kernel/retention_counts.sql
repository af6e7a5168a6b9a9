CREATE OR REPLACE FUNCTION kernel.retention_counts(
    p_policy text,
    p_now timestamptz,
    OUT row_count bigint,
    OUT subject_count bigint,
    OUT kept_count bigint
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
    v_policy record;
    v_source text;
    v_due text := 'true';
    v_free text;
    v_subjects text;
BEGIN
    SELECT p.relation, p.action INTO v_policy FROM kernel.retention_policy AS p WHERE p.name = p_policy;
    v_free := kernel.retention_free(
        v_policy.relation, v_policy.action IN ('drop', 'delete'), p_now
    );
    IF v_policy.action = 'drop' THEN
        v_source := kernel.expired_source(v_policy.relation, p_now);
    ELSE
        v_source := v_policy.relation;
        v_due := kernel.retention_due(p_policy, p_now);
    END IF;
    EXECUTE format(
        'SELECT count(*) FILTER (WHERE %2$s), count(*) FILTER (WHERE NOT (%2$s))'
        ' FROM %1$s AS t WHERE %3$s',
        v_source, v_free, v_due
    ) INTO row_count, kept_count;

    SELECT string_agg(format('(t.%I::text)', s.name), ', ')
    INTO v_subjects
    FROM kernel.subject_columns(v_policy.relation) AS s (name);
    IF v_subjects IS NOT NULL THEN
        EXECUTE format(
            'SELECT count(DISTINCT s.subject) FROM %s AS t'
            ' CROSS JOIN LATERAL (VALUES %s) AS s (subject) WHERE %s AND %s',
            v_source, v_subjects, v_free, v_due
        ) INTO subject_count;
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.retention_counts(text, timestamptz) IS
'How many rows a policy would destroy, of how many people, and how many that are past their time
something keeps.';
