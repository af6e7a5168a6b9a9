CREATE OR REPLACE FUNCTION kernel.last_span(p_parent regclass)
RETURNS numrange
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.span
    FROM kernel.partition_spans(p_parent) AS s
    WHERE pg_relation_size(s.partition) > 0
    ORDER BY s.span DESC
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.last_span(regclass) IS
'The keys of the last partition that has, or had, rows; NULL where none has. Counts no rows.';
