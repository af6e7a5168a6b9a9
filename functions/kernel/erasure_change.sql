CREATE OR REPLACE FUNCTION kernel.erasure_change(
    p_relation regclass,
    OUT assignment text,
    OUT pending text
)
RETURNS record
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    columns AS (
        SELECT
            a.attnum,
            a.attname,
            format_type(a.atttypid, a.atttypmod) AS type,
            -- The moment of erasure is what others may be masked by.
            a.attname = 'erased_at' AND m.erase IS NULL
                AND a.atttypid = 'timestamptz'::regtype AS is_moment,
            CASE
                WHEN m.erase = 'null' THEN 'NULL'
                WHEN m.erase LIKE 'mask %' THEN format('(%s)', substr(m.erase, 6))
            END AS expression,
            a.attname IN (SELECT kernel.subject_columns(p_relation)) AS is_subject
        FROM pg_attribute AS a
        LEFT JOIN kernel.data_map AS m
            ON m.relation = a.attrelid AND m.column_name = a.attname
        WHERE a.attrelid = p_relation AND a.attnum > 0 AND NOT a.attisdropped
    ),
    source AS (
        SELECT string_agg(
            CASE
                WHEN c.is_moment THEN format('coalesce(t.%1$I, now()) AS %1$I', c.attname)
                ELSE format('t.%1$I AS %1$I', c.attname)
            END,
            ', ' ORDER BY c.attnum
        ) AS list
        FROM columns AS c
    ),
    targets AS (
        SELECT c.attnum, c.attname, CASE
            WHEN c.is_moment THEN format('n.%I', c.attname)
            -- Of several people in one row, only the one goes.
            WHEN c.is_subject THEN format(
                'CAST(CASE WHEN n.%1$I::text = $1 THEN %2$s ELSE n.%1$I END AS %3$s)',
                c.attname, c.expression, c.type
            )
            ELSE format('CAST(%s AS %s)', c.expression, c.type)
        END AS value
        FROM columns AS c
        WHERE c.expression IS NOT NULL OR c.is_moment
    )
    SELECT
        format(
            '(%s) = (SELECT %s FROM (SELECT %s) AS n)',
            string_agg(quote_ident(g.attname), ', ' ORDER BY g.attnum),
            string_agg(g.value, ', ' ORDER BY g.attnum),
            min(s.list)
        ),
        format(
            '(SELECT %s FROM (SELECT %s) AS n)',
            string_agg(
                format('t.%I::text IS DISTINCT FROM (%s)::text', g.attname, g.value), ' OR '
                ORDER BY g.attnum
            ),
            min(s.list)
        )
    FROM targets AS g
    CROSS JOIN source AS s
$$;

COMMENT ON FUNCTION kernel.erasure_change(regclass) IS
'How rows t of a table are changed when person $1 (the id as text) is erased: the assignment of an
UPDATE, and a condition that is true of rows where that would change something. Expressions of masks
see the row before the change, but for erased_at, which is the moment of erasure in every table that
has such a column.';
