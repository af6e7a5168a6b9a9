CREATE OR REPLACE FUNCTION kernel.ledger_subjects(p_app text)
RETURNS SETOF text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_query text;
BEGIN
    WITH RECURSIVE columns AS MATERIALIZED (
        SELECT t.relation, s.name, a.attnum
        FROM kernel.subject_tables(p_app) AS t
        CROSS JOIN LATERAL kernel.subject_columns(t.relation) AS s (name)
        JOIN pg_attribute AS a ON a.attrelid = t.relation AND a.attname = s.name
        WHERE t.is_direct
    ),
    links AS MATERIALIZED (
        SELECT c.relation, c.name, p.relation AS parent, p.name AS parent_name
        FROM pg_constraint AS k
        CROSS JOIN unnest(k.conkey, k.confkey) AS e (child, parent)
        JOIN columns AS c ON c.relation = k.conrelid AND c.attnum = e.child
        JOIN columns AS p ON p.relation = k.confrelid AND p.attnum = e.parent
        WHERE k.contype = 'f' AND k.convalidated AND k.conrelid <> k.confrelid
    ),
    -- Whoever is in such a column is in the column that its foreign key leads to.
    covered AS (
        SELECT l.relation, l.name
        FROM links AS l
        WHERE (l.parent, l.parent_name) NOT IN (SELECT o.relation, o.name FROM links AS o)
        UNION
        SELECT l.relation, l.name
        FROM covered AS u
        JOIN links AS l ON l.parent = u.relation AND l.parent_name = u.name
    )
    SELECT string_agg(
        format('SELECT t.%I::text FROM %s AS t WHERE t.%I IS NOT NULL', c.name, c.relation, c.name),
        ' UNION '
    )
    INTO v_query
    FROM columns AS c
    WHERE (c.relation, c.name) NOT IN (SELECT u.relation, u.name FROM covered AS u);
    IF v_query IS NOT NULL THEN
        RETURN QUERY EXECUTE v_query;
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.ledger_subjects(text) IS
'Everybody of whom an app holds a row, once: the user ids as PostgreSQL writes them. For the client that
works out their pseudonyms, to find those who were erased. Raises KR110 UnknownApp.';

GRANT EXECUTE ON FUNCTION kernel.ledger_subjects(text) TO strongroom_runner;
