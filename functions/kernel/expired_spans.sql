CREATE OR REPLACE FUNCTION kernel.expired_spans(p_parent regclass, p_now timestamptz)
RETURNS TABLE (partition regclass, bounds text[])
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
    SELECT
        s.partition,
        regexp_match(
            pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \(''?(.*?)''?\) TO \(''?(.*?)''?\)$'
        )
    FROM kernel.partition_policy AS p
    -- Once, not for each partition: it looks at all of them.
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.keep_ids IS NOT NULL THEN kernel.stored_key(p.parent) END OFFSET 0
    ) AS h (key)
    CROSS JOIN LATERAL kernel.partition_spans(p.parent) AS s
    JOIN pg_class AS c ON c.oid = s.partition
    WHERE p.parent = p_parent
      AND upper(s.span) <= kernel.partition_cutoff(p.keep, p.keep_ids, p_now, h.key)
    ORDER BY lower(s.span)
$$;

COMMENT ON FUNCTION kernel.expired_spans(regclass, timestamptz) IS
'The partitions of a table that are wholly past their time by kernel.partition_policy, the oldest
first, with their bounds as PostgreSQL prints them.';
