CREATE VIEW kernel.check_settings
WITH (security_invoker = true)
AS
SELECT
    'settings' AS name,
    'A setting of the server is dangerous' AS title,
    s.level AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'INTEGRITY'] AS categories,
    'Some settings trade durability, isolation or the secrecy of values for speed'
    ' or ease.' AS description,
    format('%s is %s: %s.', s.name, s.value, s.problem) AS detail,
    s.mend AS remediation,
    jsonb_build_object('setting', s.name, 'value', s.value) AS metadata,
    format('settings:%s', s.name) AS cache_key
FROM (
    SELECT rule.level, g.name, g.setting, rule.problem, rule.mend
    FROM (
        VALUES
            ('fsync', '^off$', 'ERROR', 'a crash can leave the database broken',
                'ALTER SYSTEM SET fsync = on;'),
            ('full_page_writes', '^off$', 'ERROR', 'a crash can leave the database broken',
                'ALTER SYSTEM SET full_page_writes = on;'),
            ('synchronous_commit', '^off$', 'WARN', 'a crash takes back what was committed',
                'ALTER SYSTEM SET synchronous_commit = on;'),
            ('data_checksums', '^off$', 'WARN', 'what the disk changes is not noticed',
                'Stop the server and run pg_checksums --enable.'),
            ('ignore_checksum_failure', '^on$', 'ERROR', 'broken blocks are read as if whole',
                'ALTER SYSTEM SET ignore_checksum_failure = off;'),
            ('zero_damaged_pages', '^on$', 'ERROR', 'broken blocks are emptied without a word',
                'ALTER SYSTEM SET zero_damaged_pages = off;'),
            ('row_security', '^off$', 'WARN', 'queries that a policy would bind fail',
                'ALTER SYSTEM SET row_security = on;'),
            ('autovacuum', '^off$', 'ERROR', 'dead rows stay, and transaction ids run out',
                'ALTER SYSTEM SET autovacuum = on;'),
            ('track_counts', '^off$', 'ERROR', 'autovacuum knows of nothing to do',
                'ALTER SYSTEM SET track_counts = on;'),
            ('track_activities', '^off$', 'WARN', 'nobody sees who does what',
                'ALTER SYSTEM SET track_activities = on;'),
            ('password_encryption', '^md5$', 'WARN', 'what is stored is as good as the password',
                'ALTER SYSTEM SET password_encryption = ''scram-sha-256'';'),
            ('log_statement', '^(mod|all)$', 'WARN', 'values of people reach the log',
                'ALTER SYSTEM SET log_statement = ''ddl'';'),
            ('log_parameter_max_length_on_error', '^(-1|[1-9][0-9]*)$', 'WARN',
                'values of people reach the log with every error',
                'ALTER SYSTEM SET log_parameter_max_length_on_error = 0;'),
            ('pg_stat_statements.track_utility', '^on$', 'INFO',
                'constants in commands other than queries are kept as they were written',
                'ALTER SYSTEM SET pg_stat_statements.track_utility = off;')
    ) AS rule (name, bad, level, problem, mend)
    JOIN pg_catalog.pg_settings AS g ON g.name = rule.name AND g.setting ~ rule.bad
    UNION ALL
    -- Slow statements are logged with their parameters unless that is said.
    SELECT
        'WARN', p.name, p.setting, 'values of people reach the log with every slow statement',
        'ALTER SYSTEM SET log_parameter_max_length = 0;'
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
        'WARN', 'ssl', s.setting, 'what clients on other machines send can be read on the way',
        'Give the server a certificate: ALTER SYSTEM SET ssl = on;'
    FROM pg_catalog.pg_settings AS s
    JOIN pg_catalog.pg_settings AS a ON a.name = 'listen_addresses'
    WHERE s.name = 'ssl'
      AND s.setting = 'off'
      AND a.setting !~ '^\s*((localhost|127[.0-9]+|::1)\s*,?\s*)*$'
) AS s (level, name, value, problem, mend);

COMMENT ON VIEW kernel.check_settings IS
'Settings that endanger durability, isolation or secrecy: fsync, full_page_writes,
synchronous_commit, data_checksums, ignore_checksum_failure, zero_damaged_pages, row_security,
autovacuum, track_counts, track_activities, password_encryption, ssl, and what of parameters and
statements reaches the log.';

GRANT SELECT ON kernel.check_settings TO strongroom_runner, pg_monitor;
