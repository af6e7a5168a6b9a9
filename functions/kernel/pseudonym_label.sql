CREATE OR REPLACE FUNCTION kernel.pseudonym_label(p_relation regclass, p_position smallint)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        WITH RECURSIVE
        refers (relation, position, to_relation, to_position) AS (
            SELECT c.conrelid, k.position, c.confrelid, k.to_position
            FROM pg_constraint AS c
            CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k (position, to_position)
            WHERE c.contype = 'f' AND c.conparentid = 0
        ),
        -- In either direction, so that a step is one comparison and can be hashed.
        steps (relation, position, to_relation, to_position) AS MATERIALIZED (
            SELECT r.relation, r.position, r.to_relation, r.to_position FROM refers AS r
            UNION ALL
            SELECT r.to_relation, r.to_position, r.relation, r.position FROM refers AS r
        ),
        kin (relation, position) AS (
            SELECT p_relation::oid, p_position
            UNION
            SELECT s.to_relation, s.to_position
            FROM kin AS k
            JOIN steps AS s ON s.relation = k.relation AND s.position = k.position
        )
        SELECT jsonb_build_array(n.nspname, c.relname, a.attname)::text
        FROM kin AS k
        JOIN pg_class AS c ON c.oid = k.relation
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = k.relation AND a.attnum = k.position
        ORDER BY
            -- First what refers to nothing further.
            (k.relation, k.position) IN (
                SELECT r.relation, r.position
                FROM refers AS r
                WHERE (r.to_relation, r.to_position) <> (r.relation, r.position)
            ),
            n.nspname, c.relname, a.attname
        LIMIT 1
    );
END;
$$;

COMMENT ON FUNCTION kernel.pseudonym_label(regclass, smallint) IS
'Whose values a column shares, through foreign keys in either direction: the column that refers to no
other, as a JSON array of schema, table and column. Columns with one label have one pseudonym for one
value, so that masked views can be joined where tables can.';

GRANT EXECUTE ON FUNCTION kernel.pseudonym_label(regclass, smallint) TO strongroom_runner, pg_monitor;
