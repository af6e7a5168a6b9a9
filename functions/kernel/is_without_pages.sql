CREATE OR REPLACE FUNCTION kernel.is_without_pages(p_relation regclass)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT
        FROM (
            SELECT p_relation
            UNION
            SELECT t.relid FROM pg_partition_tree(p_relation) AS t
        ) AS parts (id)
        JOIN pg_class AS c ON c.oid = parts.id
        LEFT JOIN pg_am AS m ON m.oid = c.relam
        WHERE c.relkind <> 'p'
          -- Others may keep rows anywhere: foreign tables, other ways of storage.
          AND (m.amname IS DISTINCT FROM 'heap' OR coalesce(pg_relation_size(c.oid), 1) > 0)
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_without_pages(regclass) IS
'Whether the files of a table, and of all its partitions, have no page, so that it has no row, not even
a dead one. False of what is not stored in PostgreSQL''s own way.';
