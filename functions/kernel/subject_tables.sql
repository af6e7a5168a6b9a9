CREATE OR REPLACE FUNCTION kernel.subject_tables(p_app text)
RETURNS TABLE (
    relation regclass,
    condition text,
    "position" integer,
    is_direct boolean,
    is_shared boolean,
    cut_columns name[],
    problem text
)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.require_app(p_app);
    RETURN QUERY
    WITH tables AS MATERIALIZED (
        SELECT c.relation, c.condition, c.is_direct, c.is_shared
        FROM kernel.subject_conditions(p_app) AS c
    ),
    links AS MATERIALIZED (
        SELECT l.child, l.name, l.nullable_columns FROM kernel.subject_links(p_app) AS l
    )
    SELECT
        t.relation, t.condition, o.position, t.is_direct, t.is_shared, cut.columns,
        CASE
            WHEN cut.firm <> '{}' THEN format(
                'Foreign keys of %s go round in a circle, and no column of %s may be empty.',
                t.relation, array_to_string(cut.firm, ', ')
            )
        END
    FROM tables AS t
    JOIN kernel.subject_order(p_app, ARRAY(SELECT a.relation FROM tables AS a)) AS o
        ON o.relation = t.relation
    CROSS JOIN LATERAL (
        SELECT
            ARRAY(
                SELECT DISTINCT n.name
                FROM links AS l
                CROSS JOIN unnest(l.nullable_columns) AS n (name)
                WHERE l.child = t.relation AND l.name = ANY (o.cut_links)
                ORDER BY n.name
            ),
            ARRAY(
                SELECT l.name
                FROM links AS l
                WHERE l.child = t.relation
                  AND l.name = ANY (o.cut_links)
                  AND l.nullable_columns = '{}'
                ORDER BY l.name
            )
    ) AS cut (columns, firm)
    ORDER BY o.position;
END;
$$;

COMMENT ON FUNCTION kernel.subject_tables(text) IS
'The tables of an app that hold rows of people, children first (position, from 1); partitions are not
listed, they are reached through their roots. condition is SQL over rows t of the table and $1, the
person''s id as text (kernel.canonical_subject). is_direct: by the row''s own columns
(kernel.subject_columns); else through foreign keys, those with ON DELETE CASCADE if there are any.
is_shared: a row may be of several people. cut_columns: foreign keys go round in a circle, and these
columns must be emptied before rows of the tables above are deleted; problem: they can''t be. Reads
comments and is not for hot paths. Raises KR110 UnknownApp.';

GRANT EXECUTE ON FUNCTION kernel.subject_tables(text) TO strongroom_runner;
