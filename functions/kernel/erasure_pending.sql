CREATE OR REPLACE FUNCTION kernel.erasure_pending(p_app text, p_subject text)
RETURNS TABLE (relation regclass, action text, row_count bigint, held_count bigint)
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
    v_plan record;
BEGIN
    FOR v_plan IN SELECT p.* FROM kernel.erasure_plan(p_app) AS p ORDER BY p.position LOOP
        relation := v_plan.relation;
        action := v_plan.action;
        EXECUTE format(
            'SELECT count(*), count(*) FILTER (WHERE NOT (%s)) FROM %s AS t WHERE (%s) AND %s',
            kernel.erasure_free(v_plan.relation), v_plan.relation, v_plan.condition,
            CASE
                WHEN v_plan.action <> 'change' THEN 'true'
                ELSE (SELECT c.pending FROM kernel.erasure_change(v_plan.relation) AS c)
            END
        ) INTO row_count, held_count USING p_subject;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.erasure_pending(text, text) IS
'How many rows of a person erasure would delete, change or keep now, and how many of them a legal hold
keeps.';
