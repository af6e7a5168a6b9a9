CREATE VIEW kernel.partition_runway
WITH (security_invoker = true)
AS
SELECT
    p.parent,
    p.key_kind,
    p.ahead,
    s.partition_count,
    s.pending_count,
    here.span IS NOT NULL AS is_covered,
    CASE
        WHEN here.span IS NULL THEN 0
        WHEN p.key_kind = 'bigint' THEN pg_catalog.floor(
            (upper(here.span) - position.current) / p.every_ids
        )
        ELSE (
            SELECT count(*)
            FROM kernel.partition_steps(p.every, NULL, pg_catalog.now(), NULL, p.ahead) AS step
            WHERE step.number > 0 AND step.span <@ here.span
        )
    END::integer AS steps_left,
    CASE
        WHEN here.span IS NULL THEN NULL
        ELSE kernel.partition_bound(key.key_type, upper(here.span))
    END AS runs_until,
    CASE
        WHEN p.key_kind <> 'bigint' AND upper(here.span) < 'Infinity'
            THEN pg_catalog.to_timestamp(upper(here.span)::double precision)
    END AS runs_until_at
FROM kernel.partition_policy AS p
JOIN pg_catalog.pg_partitioned_table AS t ON t.partrelid = p.parent
CROSS JOIN LATERAL kernel.partition_key(p.parent) AS key
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.count(*) AS partition_count,
        pg_catalog.count(*) FILTER (WHERE one.is_detaching) AS pending_count,
        coalesce(
            pg_catalog.range_agg(one.span) FILTER (WHERE NOT one.is_detaching), '{}'
        ) AS spans,
        -- Without a right to read the keys: where the last partition with a row begins.
        max(lower(one.span)) FILTER (WHERE pg_catalog.pg_relation_size(one.partition) > 0)
            AS last_used
    FROM kernel.partition_spans(p.parent) AS one
) AS s
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN p.key_kind = 'bigint' THEN greatest(s.last_used + p.every_ids, 0)
        ELSE EXTRACT(epoch FROM pg_catalog.now())
    END
) AS position (current)
LEFT JOIN LATERAL (
    SELECT r.span
    FROM pg_catalog.unnest(s.spans) AS r (span)
    WHERE r.span @> CASE
        WHEN p.key_kind = 'bigint' THEN greatest(s.last_used, 0) ELSE position.current
    END
) AS here ON true;

COMMENT ON VIEW kernel.partition_runway IS
'How far the partitions of each table with a policy reach, without a gap from here on. For bigint,
here is the partition with rows that begins last. Counts no rows; reads the catalogue.';
COMMENT ON COLUMN kernel.partition_runway.parent IS
'The partitioned table.';
COMMENT ON COLUMN kernel.partition_runway.key_kind IS
'time, uuid_v7 or bigint.';
COMMENT ON COLUMN kernel.partition_runway.ahead IS
'How many partitions the policy wants beyond the current one.';
COMMENT ON COLUMN kernel.partition_runway.partition_count IS
'How many partitions there are.';
COMMENT ON COLUMN kernel.partition_runway.pending_count IS
'How many of them are half detached.';
COMMENT ON COLUMN kernel.partition_runway.is_covered IS
'Whether what is written now finds a partition.';
COMMENT ON COLUMN kernel.partition_runway.steps_left IS
'How many whole steps beyond the current one are covered without a gap.';
COMMENT ON COLUMN kernel.partition_runway.runs_until IS
'The first key that finds no partition; NULL where nothing does now.';
COMMENT ON COLUMN kernel.partition_runway.runs_until_at IS
'The same as a moment; NULL for bigint.';

GRANT SELECT ON kernel.partition_runway TO strongroom_runner, pg_monitor;
