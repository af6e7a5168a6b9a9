CREATE OR REPLACE FUNCTION kernel.id_type(p_type oid, OUT id oid, OUT operator text)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    WITH RECURSIVE bases AS (
        SELECT b.oid, b.typtype, b.typbasetype FROM pg_type AS b WHERE b.oid = p_type
        UNION ALL
        SELECT b.oid, b.typtype, b.typbasetype
        FROM bases AS d
        JOIN pg_type AS b ON b.oid = d.typbasetype
    )
    SELECT y.oid, equal.operator
    INTO id, operator
    FROM bases AS y
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
              WHEN y.typtype = 'e' THEN 'anyenum'::regtype
              -- varchar is compared as text.
              WHEN y.oid = 'varchar'::regtype THEN 'text'::regtype
              ELSE y.oid
          END
    ) AS equal (operator) ON true
    WHERE y.typtype <> 'd';
END;
$$;

COMMENT ON FUNCTION kernel.id_type(oid) IS
'The type below domains of a column that holds ids, and the operator by which its indexes hold two of
them to be equal, written so that no search_path matters; NULL where it has none.';

GRANT EXECUTE ON FUNCTION kernel.id_type(oid) TO strongroom_runner, strongroom_definer, pg_monitor;
