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
        kin (relation, position) AS (
            SELECT p_relation::oid, p_position
            UNION
            SELECT
                CASE WHEN k.relation = r.relation AND k.position = r.position
                    THEN r.to_relation ELSE r.relation END,
                CASE WHEN k.relation = r.relation AND k.position = r.position
                    THEN r.to_position ELSE r.position END
            FROM kin AS k
            JOIN refers AS r
                ON (r.relation, r.position) = (k.relation, k.position)
                OR (r.to_relation, r.to_position) = (k.relation, k.position)
        )
        SELECT jsonb_build_array(n.nspname, c.relname, a.attname)::text
        FROM kin AS k
        JOIN pg_class AS c ON c.oid = k.relation
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = k.relation AND a.attnum = k.position
        ORDER BY
            -- First what refers to nothing further.
            EXISTS (
                SELECT
                FROM refers AS r
                WHERE (r.relation, r.position) = (k.relation, k.position)
                  AND (r.to_relation, r.to_position) <> (k.relation, k.position)
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
