CREATE OR REPLACE FUNCTION kernel.foreign_keys_to(p_relation regclass)
RETURNS SETOF pg_constraint
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
ROWS 5
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- pg_constraint has no index by what a key points to, and is large where there are many partitions.
    -- OFFSET keeps these look-ups from becoming a scan of it after all.
    RETURN QUERY
    SELECT f.*
    FROM (
        SELECT DISTINCT d.objid
        FROM (
            SELECT p_relation AS oid
            UNION
            -- One may point to a partition alone.
            SELECT l.relid FROM pg_partition_tree(p_relation) AS l
        ) AS r
        CROSS JOIN LATERAL (
            SELECT p.objid
            FROM pg_depend AS p
            WHERE p.refclassid = 'pg_class'::regclass
              AND p.refobjid = r.oid
              AND p.classid = 'pg_constraint'::regclass
            OFFSET 0
        ) AS d
    ) AS k
    CROSS JOIN LATERAL (SELECT c.* FROM pg_constraint AS c WHERE c.oid = k.objid OFFSET 0) AS f
    WHERE f.contype = 'f'
      AND (
          f.confrelid = p_relation
          OR f.confrelid IN (SELECT l.relid FROM pg_partition_tree(p_relation) AS l)
      );
END;
$$;

COMMENT ON FUNCTION kernel.foreign_keys_to(regclass) IS
'The foreign keys that point to a table or to a partition of it.';
