-- pg_temp.changes(app, role, user, statement) runs a statement as a person and tells of every row of the
-- app that came (+), changed (~) or went (-): its table and what of its key is made by pg_temp.nr(n), or is
-- 9000000 + n. So a statement that takes the row of a neighbour along shows.
CREATE FUNCTION pg_temp.nr(p_n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT format('00000000-0000-4000-8000-%s', lpad(p_n::text, 12, '0'))::uuid $$;

CREATE FUNCTION pg_temp.label(p_key jsonb) RETURNS text LANGUAGE sql IMMUTABLE
AS $$
SELECT string_agg((substring(k.value FROM '^(?:00000000-0000-4000-8000-|9)0+([1-9][0-9]*)$')), '/' ORDER BY k.place)
FROM jsonb_array_elements_text(p_key) WITH ORDINALITY AS k (value, place)
$$;

CREATE FUNCTION pg_temp.rows_of(p_app text) RETURNS TABLE (relation text, key jsonb, content jsonb) LANGUAGE plpgsql
AS $$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN
        SELECT c.oid, c.relname, string_agg(format('t.%I', a.attname), ', ' ORDER BY k.place) AS key
        FROM pg_class AS c
        JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
        CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE c.relnamespace = to_regnamespace(p_app)
          AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition
          -- Sums of what the other tables hold.
          AND c.relname !~ '_(deltas|totals)$'
        GROUP BY c.oid, c.relname
    LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %L, jsonb_build_array(%s), to_jsonb(t) FROM %s AS t', v_table.relname, v_table.key,
            v_table.oid::regclass
        );
    END LOOP;
END;
$$;

CREATE FUNCTION pg_temp.changes(p_app text, p_role text, p_user text, p_statement text) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_before jsonb;
    v_changes text[];
BEGIN
    v_before := (SELECT jsonb_agg(to_jsonb(r)) FROM pg_temp.rows_of(p_app) AS r);
    PERFORM set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_user, true);
    PERFORM set_config('role', p_role, true);
    EXECUTE p_statement;
    PERFORM set_config('role', 'none', true);
    SELECT array_agg(
        concat_ws(
            ' ',
            CASE WHEN b.key IS NULL THEN '+' WHEN a.key IS NULL THEN '-' ELSE '~' END
                || coalesce(a.relation, b.relation),
            pg_temp.label(coalesce(a.key, b.key))
        ) COLLATE "C"
        ORDER BY coalesce(a.relation, b.relation) COLLATE "C", pg_temp.label(coalesce(a.key, b.key)) COLLATE "C",
            b.key IS NOT NULL
    )
    INTO v_changes
    FROM jsonb_to_recordset(v_before) AS b (relation text, key jsonb, content jsonb)
    FULL JOIN pg_temp.rows_of(p_app) AS a ON a.relation = b.relation AND a.key = b.key
    WHERE a.content IS DISTINCT FROM b.content;
    RETURN coalesce(v_changes, '{}');
END;
$$;
