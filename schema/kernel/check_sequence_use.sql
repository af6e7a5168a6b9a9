CREATE VIEW kernel.check_sequence_use
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 70) AS warn, coalesce(max(t.error), 90) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'sequence_use'
)
SELECT
    'sequence_use' AS name,
    'A sequence is running out' AS title,
    CASE WHEN s.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'At its last value a sequence fails every INSERT.' AS description,
    format(
        '%I.%I has used %s %% of its values.', s.schema_name, s.sequence_name, s.percent
    ) AS detail,
    'Give the column more room (bigint), or the sequence a higher end: ALTER'
    ' SEQUENCE ... MAXVALUE.' AS remediation,
    jsonb_build_object(
        'schema', s.schema_name, 'name', s.sequence_name, 'last_value', s.last_value,
        'end_value', s.end_value, 'percent', s.percent
    ) AS metadata,
    format('sequence_use:%I.%I', s.schema_name, s.sequence_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        u.schema_name,
        u.sequence_name,
        u.last_value,
        u.end_value,
        round(100 * u.last_value::numeric / u.end_value, 1)
    FROM kernel.sequence_use() AS u
) AS s (schema_name, sequence_name, last_value, end_value, percent)
WHERE s.percent >= l.warn;

COMMENT ON VIEW kernel.check_sequence_use IS
'Sequences of ours that have used much of their values: WARN from 70 %, ERROR from 90 % (percent).';

GRANT SELECT ON kernel.check_sequence_use TO strongroom_runner, pg_monitor;
