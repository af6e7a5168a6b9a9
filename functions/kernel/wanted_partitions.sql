CREATE OR REPLACE FUNCTION kernel.wanted_partitions(p_now timestamptz, p_parent regclass DEFAULT NULL)
RETURNS TABLE (parent regclass, name name, span numrange, suffix text, ending text)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET jit = off
-- Bounds are compared as they are shown.
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $$
BEGIN
    RETURN QUERY
    WITH
    policies AS MATERIALIZED (
        SELECT
            p.*,
            c.relname,
            h.key AS highest,
            kernel.partition_cutoff(p.keep, p.keep_ids, p_now, h.key) AS cutoff,
            -- By text, for 30 days and one month are equal as intervals.
            dense_rank() OVER (
                ORDER BY p.key_kind, p.every::text, p.every_ids, p.ahead, h.key
            ) AS pace
        FROM kernel.partition_policy AS p
        JOIN pg_class AS c ON c.oid = p.parent
        CROSS JOIN LATERAL (
            SELECT CASE WHEN p.key_kind = 'bigint' THEN kernel.highest_key(p.parent) END
        ) AS h (key)
        WHERE p_parent IS NULL OR p.parent = p_parent
    ),
    steps AS MATERIALIZED (
        -- A partition of a shorter step may bear the name of a longer one, so its end counts as well.
        SELECT
            p.pace, s.span, s.suffix,
            format('(%L)', CASE p.key_kind
                WHEN 'bigint' THEN upper(s.span)::text
                WHEN 'uuid_v7' THEN kernel.partition_bound('uuid'::regtype, upper(s.span))
                ELSE replace(replace(
                    kernel.partition_bound('timestamptz'::regtype, upper(s.span)), '.000000+00', '+00'
                ), ' 00:00:00+00', '')
            END) AS ending
        FROM (SELECT DISTINCT ON (q.pace) q.* FROM policies AS q) AS p
        CROSS JOIN kernel.partition_steps(p.every, p.every_ids, p_now, p.highest, p.ahead) AS s
    )
    SELECT p.parent, kernel.partition_name(p.relname, s.suffix), s.span, s.suffix, s.ending
    FROM policies AS p
    JOIN steps AS s ON s.pace = p.pace
    WHERE upper(s.span) > p.cutoff;
END;
$$;

COMMENT ON FUNCTION kernel.wanted_partitions(timestamptz, regclass) IS
'The partitions that a table, or every table with a policy, should have at a moment: name, what each
holds, as positions (kernel.partition_position), how the name ends, and how its bounds end.';
