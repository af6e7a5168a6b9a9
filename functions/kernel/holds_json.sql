CREATE OR REPLACE FUNCTION kernel.holds_json(p_type oid)
RETURNS boolean
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE parts (type) AS (
        SELECT p_type
        UNION
        SELECT inner_part.type
        FROM parts AS p
        JOIN pg_type AS t ON t.oid = p.type
        CROSS JOIN LATERAL (
            SELECT t.typbasetype WHERE t.typtype = 'd'
            UNION ALL
            SELECT t.typelem WHERE t.typcategory = 'A'
            UNION ALL
            SELECT a.atttypid
            FROM pg_attribute AS a
            WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        ) AS inner_part (type)
    )
    SELECT EXISTS (SELECT FROM parts AS p WHERE p.type = 'json'::regtype)
$$;

COMMENT ON FUNCTION kernel.holds_json(oid) IS
'Whether values of a type may hold a json document, in fields, elements or below domains: one that jsonb
may not take.';
