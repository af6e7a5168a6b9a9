CREATE OR REPLACE FUNCTION kernel.require_spelling(p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_column record;
    v_is_other boolean;
BEGIN
    FOR v_column IN
        SELECT c.oid::regclass AS relation, a.attname AS name, y.operator, format_type(y.id, -1) AS type
        FROM pg_class AS c
        CROSS JOIN kernel.subject_columns(c.oid) AS s (name)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.name
        CROSS JOIN LATERAL kernel.id_type(a.atttypid) AS y
        WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = p_app)
          AND c.relkind IN ('r', 'p')
          AND NOT c.relispartition
          -- What the roles of apps call can't see whose rows there are.
          AND has_table_privilege(c.oid, 'SELECT')
          AND y.operator IS NOT NULL
        ORDER BY c.relname
    LOOP
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s AS t WHERE t.%I %s ($1)::%s AND t.%2$I::text COLLATE "C" <> $1)',
            v_column.relation, v_column.name, v_column.operator, v_column.type
        ) INTO v_is_other USING p_subject;
        IF v_is_other THEN
            RAISE EXCEPTION USING
                ERRCODE = 'KR041',
                MESSAGE = format('this user id of app %I is written otherwise', p_app),
                DETAIL = format('%s holds it to be equal to one of other letters.', v_column.relation),
                HINT = 'Pass the id as the tables of the app hold it. Where they differ, have them'
                    ' write it in one way.';
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.require_spelling(text, text) IS
'Refuses a user id that tables of the app write otherwise, where their type holds both to be equal
(citext, a collation that ignores case, numbers of any scale): the kernel''s own tables compare ids as
they are written, and would find nobody. Sees the tables that the caller may read.
Raises KR041 InvalidHold.';

GRANT EXECUTE ON FUNCTION kernel.require_spelling(text, text) TO strongroom_definer, strongroom_runner;
