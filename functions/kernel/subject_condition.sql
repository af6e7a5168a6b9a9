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
                WHEN equal.operator IS NULL THEN format('t.%I::text = $1', a.attname)
                -- Without the length of the column: a cast would cut the id to another person's.
                ELSE format('t.%I %s ($1)::%s', a.attname, equal.operator, format_type(y.id, -1))
            END
            FROM kernel.subject_columns(p_relation) WITH ORDINALITY AS s (name, place)
            JOIN pg_attribute AS a ON a.attrelid = p_relation AND a.attname = s.name
            CROSS JOIN LATERAL (
                WITH RECURSIVE bases AS (
                    SELECT b.oid, b.typtype, b.typbasetype FROM pg_type AS b WHERE b.oid = a.atttypid
                    UNION ALL
                    SELECT b.oid, b.typtype, b.typbasetype
                    FROM bases AS d
                    JOIN pg_type AS b ON b.oid = d.typbasetype
                )
                SELECT b.oid, b.typtype FROM bases AS b WHERE b.typtype <> 'd'
            ) AS y (id, kind)
            LEFT JOIN LATERAL (
                SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                FROM pg_opclass AS c
                JOIN pg_am AS m ON m.oid = c.opcmethod AND m.amname = 'btree'
                JOIN pg_amop AS e
                    ON e.amopfamily = c.opcfamily
                    AND e.amopstrategy = 3
                    AND e.amoplefttype = c.opcintype
                    AND e.amoprighttype = c.opcintype
                JOIN pg_operator AS o ON o.oid = e.amopopr
                JOIN pg_namespace AS n ON n.oid = o.oprnamespace
                WHERE c.opcdefault
                  AND c.opcintype = CASE
                      WHEN y.kind = 'e' THEN 'anyenum'::regtype
                      -- varchar is compared as text.
                      WHEN y.id = 'varchar'::regtype THEN 'text'::regtype
                      ELSE y.id
                  END
            ) AS equal (operator) ON true
            ORDER BY s.place
        ) AS found (condition)
    );
END;
$$;

COMMENT ON FUNCTION kernel.subject_condition(regclass) IS
'SQL over rows t of a table and $1, a person''s id as text: true of the rows that are the person''s by
their own columns (kernel.subject_columns); NULL for a table without such columns.';

GRANT EXECUTE ON FUNCTION kernel.subject_condition(regclass) TO strongroom_runner, pg_monitor;
