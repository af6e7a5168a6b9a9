CREATE VIEW kernel.check_settings
WITH (security_invoker = true)
AS
WITH rule (name, bad, level, problem, good) AS (
    VALUES
        ('fsync', '^off$', 'ERROR', 'a crash can leave the database broken', 'on'),
        ('full_page_writes', '^off$', 'ERROR', 'a crash can leave the database broken', 'on'),
        -- Kept for a database or a role as somebody wrote it.
        ('synchronous_commit', '^(off|false|no|0)$', 'WARN', 'a crash takes back what was committed',
            'on'),
        ('data_checksums', '^off$', 'WARN', 'what the disk changes is not noticed', NULL),
        ('ignore_checksum_failure', '^on$', 'ERROR', 'broken blocks are read as if whole', 'off'),
        ('zero_damaged_pages', '^on$', 'ERROR', 'broken blocks are emptied without a word', 'off'),
        ('row_security', '^off$', 'WARN', 'queries that a policy would bind fail', 'on'),
        ('session_replication_role', '^replica$', 'ERROR', 'neither triggers nor foreign keys hold',
            'origin'),
        ('autovacuum', '^off$', 'ERROR', 'dead rows stay, and transaction ids run out', 'on'),
        ('track_counts', '^off$', 'ERROR', 'autovacuum knows of nothing to do', 'on'),
        ('track_activities', '^off$', 'WARN', 'nobody sees who does what', 'on'),
        ('password_encryption', '^md5$', 'WARN', 'what is stored is as good as the password',
            '''scram-sha-256'''),
        ('log_statement', '^(mod|all)$', 'WARN', 'values of people reach the log', '''ddl'''),
        ('log_parameter_max_length_on_error', '^(-1|[1-9].*)$', 'WARN',
            'values of people reach the log with every error', '0'),
        ('pg_stat_statements.track_utility', '^on$', 'INFO',
            'constants in commands other than queries are kept as they were written', 'off')
)
SELECT
    'settings' AS name,
    'A setting of the server is dangerous' AS title,
    s.level AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'INTEGRITY'] AS categories,
    'Some settings trade durability, isolation or the secrecy of values for speed'
    ' or ease.' AS description,
    format('%s is %s%s: %s.', s.name, s.value, ' for ' || s.place, s.problem) AS detail,
    s.mend AS remediation,
    jsonb_build_object('setting', s.name, 'value', s.value) AS metadata,
    format('settings:%s', concat_ws(':', s.name, s.place)) AS cache_key
FROM (
    SELECT
        rule.level, g.name, NULL, g.setting, rule.problem,
        CASE
            WHEN rule.good IS NULL THEN 'Stop the server and run pg_checksums --enable.'
            ELSE format('ALTER SYSTEM SET %s = %s; SELECT pg_catalog.pg_reload_conf();', g.name, rule.good)
        END
    FROM rule
    JOIN pg_catalog.pg_settings AS g ON g.name = rule.name AND g.setting ~ rule.bad
    WHERE g.source NOT IN ('database', 'user', 'database user')
    UNION ALL
    -- What a database or a role has for itself; this session knows of its own alone.
    SELECT
        rule.level, g.name, place.name, kept.value, rule.problem,
        format('ALTER %s RESET %s;', place.name, g.name)
    FROM pg_catalog.pg_db_role_setting AS s
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    CROSS JOIN unnest(s.setconfig) AS c (setting)
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.quote_ident(d.datname) COLLATE "default",
            split_part(c.setting, '=', 2) COLLATE "default"
    ) AS own (database, value)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
            WHEN s.setrole = 0 THEN 'DATABASE ' || own.database
            ELSE concat('ROLE ', s.setrole::regrole, ' IN DATABASE ' || own.database)
        END
    ) AS place (name)
    JOIN pg_catalog.pg_settings AS g ON g.name = split_part(c.setting, '=', 1)
    CROSS JOIN LATERAL (
        SELECT CASE g.vartype
            WHEN 'bool' THEN
                CASE WHEN own.value::boolean THEN 'on' ELSE 'off' END
            ELSE lower(own.value)
        END
    ) AS kept (value)
    JOIN rule ON rule.name = g.name AND kept.value ~ rule.bad
    WHERE s.setdatabase = 0 OR d.datname = pg_catalog.current_database()
    UNION ALL
    -- Slow statements are logged with their parameters unless that is said.
    SELECT
        'WARN', p.name, NULL, p.setting, 'values of people reach the log with every slow statement',
        'ALTER SYSTEM SET log_parameter_max_length = 0; SELECT pg_catalog.pg_reload_conf();'
    FROM pg_catalog.pg_settings AS p
    WHERE p.name = 'log_parameter_max_length'
      AND p.setting <> '0'
      AND EXISTS (
          SELECT
          FROM pg_catalog.pg_settings AS d
          WHERE d.name IN ('log_min_duration_statement', 'log_min_duration_sample')
            AND d.setting <> '-1'
      )
    UNION ALL
    SELECT
        'WARN', 'ssl', NULL, s.setting, 'what clients on other machines send can be read on the way',
        'Give the server a certificate, and set ssl = on.'
    FROM pg_catalog.pg_settings AS s
    JOIN pg_catalog.pg_settings AS a ON a.name = 'listen_addresses'
    WHERE s.name = 'ssl'
      AND s.setting = 'off'
      AND a.setting !~ '^\s*((localhost|127[.0-9]+|::1)\s*,?\s*)*$'
) AS s (level, name, place, value, problem, mend);

COMMENT ON VIEW kernel.check_settings IS
'Settings that endanger durability, isolation or secrecy, of the server, of this database and of any
role: fsync, full_page_writes, synchronous_commit, data_checksums, ignore_checksum_failure,
zero_damaged_pages, row_security, session_replication_role, autovacuum, track_counts,
track_activities, password_encryption, ssl, and what of parameters and statements reaches the log.';

GRANT SELECT ON kernel.check_settings TO strongroom_runner, pg_monitor;
