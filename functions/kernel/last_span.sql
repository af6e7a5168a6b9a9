CREATE OR REPLACE FUNCTION kernel.last_span(p_parent regclass)
RETURNS numrange
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '100ms'
AS $$
    SELECT s.span
    FROM (
        -- From the end on, so that few are looked at.
        SELECT p.partition, p.span
        FROM kernel.partition_spans(p_parent) AS p
        ORDER BY p.span DESC NULLS LAST
        OFFSET 0
    ) AS s
    WHERE pg_relation_size(s.partition) > 0
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.last_span(regclass) IS
'The keys of the last partition that has, or had, rows; NULL where none has. Counts no rows. Raises
lock_not_available where somebody has a partition to himself.';
