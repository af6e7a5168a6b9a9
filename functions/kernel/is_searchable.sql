CREATE OR REPLACE FUNCTION kernel.is_searchable(p_type oid)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH RECURSIVE parts AS (
            SELECT p_type AS id
            UNION
            SELECT inner_type.id
            FROM parts AS p
            JOIN pg_type AS y ON y.oid = p.id
            CROSS JOIN LATERAL (
                SELECT y.typbasetype WHERE y.typtype = 'd'
                UNION ALL
                SELECT y.typelem WHERE y.typcategory = 'A'
                UNION ALL
                SELECT r.rngsubtype FROM pg_range AS r WHERE y.oid IN (r.rngtypid, r.rngmultitypid)
                UNION ALL
                SELECT a.atttypid
                FROM pg_attribute AS a
                WHERE y.typtype = 'c'
                  AND a.attrelid = y.typrelid
                  AND a.attnum > 0
                  AND NOT a.attisdropped
            ) AS inner_type (id)
        )
        -- What is known to hold no text is left out, so that a type of an extension is looked into.
        SELECT coalesce(
            bool_or(
                y.typtype NOT IN ('c', 'd', 'r', 'm', 'e', 'p')
                AND y.typcategory NOT IN ('A', 'B', 'D', 'G', 'N', 'R', 'T', 'V')
            ),
            false
        )
        FROM parts AS p
        JOIN pg_type AS y ON y.oid = p.id
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_searchable(oid) IS
'Whether values of a type may hold text of a person: not numbers, instants, truth values, bits,
geometry, enums; domains, arrays, composites and ranges by what they are made of; all else may.';
