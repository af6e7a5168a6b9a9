CREATE OR REPLACE FUNCTION kernel.expired_partitions()
RETURNS TABLE (
    parent regclass, partition regclass, first_position numeric, last_position numeric
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT p.parent, s.partition, lower(s.span), upper(s.span)
    FROM kernel.partition_policy AS p
    JOIN pg_class AS c ON c.oid = p.parent
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.keep_ids IS NOT NULL THEN kernel.stored_key(p.parent) END
    ) AS h (key)
    CROSS JOIN kernel.partition_spans(p.parent) AS s
    WHERE num_nonnulls(p.keep, p.keep_ids) = 1
      AND upper(s.span) <= kernel.partition_cutoff(p.keep, p.keep_ids, now(), h.key)
    ORDER BY p.parent, s.span;
END;
$$;

COMMENT ON FUNCTION kernel.expired_partitions() IS
'The partitions all of whose possible rows are past their time by the clock of the server, with the
positions (kernel.partition_position) that they lie between, oldest first.';
