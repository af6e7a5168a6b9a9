CREATE OR REPLACE FUNCTION kernel.grant_counter(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_app CONSTANT text := p_app || '_app';
    v_parts record;
    v_table text;
    v_reader text;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    v_reader := (
        SELECT CASE a.atttypid
            WHEN 'bigint'::regtype THEN 'kernel.user_bigint()'
            WHEN 'uuid'::regtype THEN 'kernel.user_uuid()'
        END
        FROM pg_attribute AS a
        WHERE a.attrelid = v_parts.relation
          AND a.attname = v_parts.subjects[1]
          AND cardinality(v_parts.subjects) = 1
          AND to_regrole(quote_ident(c_app)) IS NOT NULL
    );
    FOREACH v_table IN ARRAY ARRAY[v_parts.deltas, v_parts.totals] LOOP
        EXECUTE format(
            'ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;'
            ' CREATE POLICY all_owner ON %1$s FOR ALL TO %2$I USING (true) WITH CHECK (true)',
            v_table, CURRENT_USER
        );
        EXECUTE format(
            'CREATE POLICY all_serving ON %s AS RESTRICTIVE FOR ALL TO %s'
            ' USING (kernel.is_serving()) WITH CHECK (kernel.is_serving())',
            v_table,
            (SELECT string_agg(quote_ident(r.name), ', ') FROM kernel.serving_roles(p_app) AS r (name))
        );
        CONTINUE WHEN v_reader IS NULL;
        EXECUTE format(
            'CREATE POLICY select_own ON %1$s FOR SELECT TO %2$I USING (%3$I = %4$s);'
            ' GRANT SELECT ON %1$s TO %2$I',
            v_table, c_app, v_parts.subjects[1], v_reader
        );
    END LOOP;
    EXECUTE format(
        'CREATE POLICY insert_definer ON %1$s FOR INSERT TO %2$I WITH CHECK (true);'
        ' GRANT INSERT ON %1$s TO %2$I',
        v_parts.deltas, p_app || '_definer'
    );
    IF v_reader IS NOT NULL THEN
        EXECUTE format('GRANT SELECT ON %I.%I TO %I', p_app, p_name, c_app);
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.grant_counter(text, text) IS
'Row level security of a counter''s tables: nobody while the gate is closed, all for the owner,
appending for the app''s definer, and, where rows are counted by their person, for the app''s role what
is its own person''s. Everybody else gets a view of the app''s own. kernel.count() calls it.';
