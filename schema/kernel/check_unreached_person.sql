CREATE VIEW kernel.check_unreached_person
WITH (security_invoker = true)
AS
-- Once an app, not once a column: it reads the whole catalogue of the app.
WITH reached AS MATERIALIZED (
    SELECT s.relation
    FROM kernel.app_schemas() AS app (name)
    CROSS JOIN LATERAL kernel.subject_conditions(app.name::text) AS s
)
SELECT
    'unreached_person' AS name,
    'Nobody can say whose personal data this is' AS title,
    CASE WHEN c.relkind = 'm' THEN 'WARN' ELSE 'ERROR' END AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'What is personal must be found by its person, or neither an export nor an'
    ' erasure reaches it.' AS description,
    format(
        '%s holds %s, and neither a column nor a foreign key leads to a person.', c.oid::regclass,
        string_agg(m.column_name, ', ' ORDER BY m.position)
    ) AS detail,
    CASE
        WHEN c.relkind = 'm' THEN 'Leave the columns out of it, or refresh it after each erasure.'
        WHEN c.relkind = 'f' THEN 'Keep personal data in tables of this database.'
        ELSE 'Add user_id, tag the column that holds the person''s id with @subject, or add a'
        ' foreign key to a table that has one. If it is nobody''s, tag the columns @public or'
        ' @internal.'
    END AS remediation,
    jsonb_build_object('schema', m.app, 'name', m.table_name) AS metadata,
    format('unreached_person:%s', c.oid::regclass) AS cache_key
FROM kernel.data_map AS m
JOIN pg_catalog.pg_class AS c ON c.oid = m.relation
WHERE m.is_personal
  AND m.relation = m.root
  AND NOT EXISTS (SELECT FROM reached AS r WHERE r.relation = m.relation)
GROUP BY m.app, m.table_name, c.oid, c.relkind;

COMMENT ON VIEW kernel.check_unreached_person IS
'Tables and foreign tables of apps with personal columns whose person no condition of
kernel.subject_tables finds (ERROR), and materialised views with personal columns (WARN).';

GRANT SELECT ON kernel.check_unreached_person TO strongroom_runner, pg_monitor;
