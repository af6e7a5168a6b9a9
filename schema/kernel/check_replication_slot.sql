CREATE VIEW kernel.check_replication_slot
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 1073741824) AS warn, coalesce(max(t.error), 10737418240) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'replication_slot'
)
SELECT
    'replication_slot' AS name,
    'A replication slot keeps WAL' AS title,
    CASE WHEN s.is_lost OR s.bytes >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'The server keeps all WAL that a slot has not read, until the disk is full;'
    ' what the slots xmin holds, vacuum leaves. A slot that was lost feeds nobody.' AS description,
    format(
        'Slot %s %s.', s.slot_name, CASE
            WHEN s.is_lost THEN 'was lost: the WAL that it needs is gone'
            ELSE format(
                'is %s%s', CASE WHEN s.active THEN 'active' ELSE 'not active' END,
                ' and keeps ' || pg_catalog.pg_size_pretty(s.bytes) || ' of WAL'
            )
        END
    ) AS detail,
    CASE
        WHEN s.active THEN 'Look why its reader is slow.'
        ELSE format('SELECT pg_catalog.pg_drop_replication_slot(%L);', s.slot_name)
    END AS remediation,
    jsonb_build_object('slot', s.slot_name, 'active', s.active, 'bytes', s.bytes) AS metadata,
    format('replication_slot:%s', s.slot_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        r.slot_name,
        r.active,
        coalesce(r.wal_status = 'lost', false),
        CASE
            WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_current_wal_lsn() - r.restart_lsn
        END
    FROM pg_catalog.pg_replication_slots AS r
    -- From 17 on a standby may have copies of the primary's, which nobody reads or drops there.
    WHERE NOT (
        pg_catalog.pg_is_in_recovery()
        AND coalesce((pg_catalog.to_jsonb(r) ->> 'synced')::boolean, false)
    )
) AS s (slot_name, active, is_lost, bytes)
WHERE s.is_lost OR NOT s.active OR s.bytes >= l.warn;

COMMENT ON VIEW kernel.check_replication_slot IS
'Replication slots that are lost (ERROR), have no reader (WARN), or keep much WAL: WARN from 1 GB,
ERROR from 10 GB (bytes).';

GRANT SELECT ON kernel.check_replication_slot TO strongroom_runner, pg_monitor;
