CREATE OR REPLACE FUNCTION kernel.subject_condition(p_relation regclass)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE
            WHEN count(*) > 1 THEN format('(%s)', string_agg(found.condition, ' OR '))
            ELSE min(found.condition)
        END
        FROM (
            SELECT CASE
                WHEN y.operator IS NULL THEN format('t.%I::text = $1', a.attname)
                -- Without the length of the column: a cast would cut the id to another person's.
                ELSE format('t.%I %s ($1)::%s', a.attname, y.operator, format_type(y.id, -1))
            END
            FROM kernel.subject_columns(p_relation) WITH ORDINALITY AS s (name, place)
            JOIN pg_attribute AS a ON a.attrelid = p_relation AND a.attname = s.name
            CROSS JOIN LATERAL kernel.id_type(a.atttypid) AS y
            ORDER BY s.place
        ) AS found (condition)
    );
END;
$$;

COMMENT ON FUNCTION kernel.subject_condition(regclass) IS
'SQL over rows t of a table and $1, a person''s id as text: true of the rows that are the person''s by
their own columns (kernel.subject_columns); NULL for a table without such columns.';

GRANT EXECUTE ON FUNCTION kernel.subject_condition(regclass) TO strongroom_runner, pg_monitor;
