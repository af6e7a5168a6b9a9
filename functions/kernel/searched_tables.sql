CREATE OR REPLACE FUNCTION kernel.searched_tables()
RETURNS TABLE (relation regclass, columns name[], is_readable boolean, bytes bigint)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.relation, s.columns, s.is_readable, s.bytes
    FROM kernel.searched_among(NULL) AS s
    ORDER BY s.relation::text COLLATE "C"
$$;

COMMENT ON FUNCTION kernel.searched_tables() IS
'What kernel.subject_traces() searches: tables of every schema that is not PostgreSQL''s own,
partitions through their roots (those that are being detached by themselves), and materialised views
that are filled; their columns that may hold text (kernel.is_searchable), the size with indexes, and
whether the owner sees every row. For progress on large databases: call kernel.traces_in() for one
table after the other.';

GRANT EXECUTE ON FUNCTION kernel.searched_tables() TO strongroom_runner;
