CREATE OR REPLACE FUNCTION kernel.staying_rows(
    p_relation regclass,
    p_now timestamptz,
    p_asked regclass[]
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_gone text;
BEGIN
    -- Round in a circle, one link goes in a run; which rows these are is not known before.
    IF p_relation <> ALL (p_asked) THEN
        SELECT string_agg(
            format(
                '%s AND %s', kernel.retention_due(p.name, p_now),
                kernel.retention_free(p_relation, true, p_now, p_asked)
            ),
            ' OR '
        )
        INTO v_gone
        FROM kernel.retention_policy AS p
        WHERE p.relation = p_relation
          AND p.action = 'delete'
          AND p.is_enabled
          AND kernel.retention_problem(to_jsonb(p)) IS NULL;
    END IF;
    RETURN CASE
        WHEN v_gone IS NULL THEN p_relation::text
        ELSE format('(SELECT t.* FROM %s AS t WHERE (%s) IS NOT TRUE)', p_relation, v_gone)
    END;
END;
$$;

COMMENT ON FUNCTION kernel.staying_rows(regclass, timestamptz, regclass[]) IS
'SQL for the rows of a table that a run of retention would leave, as a source of rows. p_asked: the tables
that refer to each other, down to this one. For use as kernel.retention_free.';
