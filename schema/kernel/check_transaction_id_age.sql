CREATE VIEW kernel.check_transaction_id_age
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 500000000) AS warn, coalesce(max(t.error), 1200000000) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'transaction_id_age'
)
SELECT
    'transaction_id_age' AS name,
    'Transaction ids are running out' AS title,
    CASE WHEN a.age >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'When 2 billion transactions lie between the oldest row that is not frozen'
    ' and the newest, the server stops taking writes. Something keeps vacuum back:'
    ' a long transaction, a slot, or autovacuum that is off or too slow.' AS description,
    format('Database %I: the oldest %s is %s old.', a.datname, a.kind, a.age) AS detail,
    'Find what holds it back (checks long_transaction, prepared_transaction,'
    ' replication_slot), then VACUUM FREEZE the tables of greatest'
    ' age(relfrozenxid).' AS remediation,
    jsonb_build_object('database', a.datname, 'kind', a.kind, 'age', a.age) AS metadata,
    format('transaction_id_age:%I:%s', a.datname, a.kind) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT d.datname, kind.name, kind.age
    FROM pg_catalog.pg_database AS d
    CROSS JOIN LATERAL (
        VALUES
            ('transaction id', pg_catalog.age(d.datfrozenxid)),
            ('multixact id', pg_catalog.mxid_age(d.datminmxid))
    ) AS kind (name, age)
) AS a (datname, kind, age)
WHERE a.age >= l.warn;

COMMENT ON VIEW kernel.check_transaction_id_age IS
'Databases of the server whose oldest transaction or multixact id is very old: WARN from 500
million, ERROR from 1.2 billion (transactions).';

GRANT SELECT ON kernel.check_transaction_id_age TO strongroom_runner, pg_monitor;
