CREATE OR REPLACE FUNCTION kernel.renew_derived(p_id uuid, p_app text, p_kind text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_relation regclass;
    v_count bigint := 0;
BEGIN
    FOR v_relation IN
        SELECT c.oid::regclass
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE p_kind = 'views' AND n.nspname = p_app AND c.relkind = 'm' AND c.relispopulated
        UNION ALL
        SELECT s.relation
        FROM kernel.erasure_step AS s
        WHERE p_kind = 'statistics' AND s.request_id = p_id AND s.kind = 'rows' AND s.row_count > 0
        UNION ALL
        SELECT c.oid::regclass
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE p_kind = 'statistics' AND n.nspname = p_app AND c.relkind = 'm' AND c.relispopulated
    LOOP
        IF p_kind = 'statistics' THEN
            PERFORM kernel.clear_statistics(v_relation);
        END IF;
        EXECUTE format(
            CASE p_kind WHEN 'views' THEN 'REFRESH MATERIALIZED VIEW %s' ELSE 'ANALYZE %s' END,
            v_relation
        );
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.renew_derived(uuid, text, text) IS
'Makes anew what was made from rows that are gone: materialised views of the app, or the planner''s
statistics, which hold values; how many tables.';
