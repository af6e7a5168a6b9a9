-- The columns of a table: name, type, whether it is required, and its default.
CREATE FUNCTION pg_temp.columns_of(p_relation regclass)
RETURNS TABLE (name text, type text, is_required boolean, fallback text)
LANGUAGE sql
AS $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = p_relation AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
$$;
-- Its indexes, without the words that all of them have.
CREATE FUNCTION pg_temp.indexes_of(p_relation regclass)
RETURNS TABLE (definition text)
LANGUAGE sql
AS $$
    SELECT regexp_replace(
        pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX (\w+) ON (ONLY )?[\w.]+ USING (.*)$',
        '\1\2 \4'
    ) COLLATE "default"
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    WHERE i.indrelid = p_relation
    ORDER BY x.relname
$$;
-- An envelope that is one by its shape alone.
CREATE FUNCTION pg_temp.envelope(p_fill text DEFAULT '00') RETURNS bytea LANGUAGE sql AS $$
    SELECT decode('01' || repeat(p_fill, 60), 'hex')
$$;
-- What a person says in a session of the app.
CREATE FUNCTION pg_temp.as_person(p_user uuid) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('kernel.app', 'astroloh', true), set_config('kernel.user_id', p_user::text, true)
$$;
-- How PostgreSQL would answer a query, for the role of the moment.
CREATE FUNCTION pg_temp.plan_of(p_query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_line text;
    v_plan text := '';
BEGIN
    FOR v_line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || p_query LOOP
        v_plan := v_plan || v_line || E'\n';
    END LOOP;
    RETURN v_plan;
END;
$$;
-- Who is known agrees to the processing of their data; the transaction is of the app from then on.
CREATE FUNCTION pg_temp.agree_all() RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT set_config('kernel.app', 'astroloh', true);
    INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
    SELECT 'astroloh', u.id::text, 'data_processing', 1, 'ru', true, 'person', 'button'
    FROM astroloh.users AS u
    WHERE NOT u.data_consent;
    UPDATE astroloh.users SET data_consent = true
$$;
