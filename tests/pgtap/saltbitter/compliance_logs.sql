-- What was done to whom for the sake of which law: append only, and kept.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.compliance_logs'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('action_type', 'text', true, NULL),
        ('details', 'jsonb', true, '''{}''::jsonb'),
        ('regulatory_framework', 'text', true, NULL),
        ('occurred_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[S-17] [S-17.1..S-17.6] [S-F31] compliance_logs has its columns'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'compliance_logs' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX compliance_logs_action_type_idx ON saltbitter.compliance_logs USING btree '
            '(action_type, occurred_at)'),
        ('CREATE INDEX compliance_logs_occurred_at_idx ON saltbitter.compliance_logs USING btree (occurred_at)'),
        ('CREATE UNIQUE INDEX compliance_logs_pkey ON saltbitter.compliance_logs USING btree (user_id, id)')
    $$,
    '[S-17.7..S-17.9] [S-F27] compliance_logs is found by person, by action and by age'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 2) AS n;
SELECT set_config('kernel.app', 'saltbitter', true);
SET LOCAL ROLE saltbitter_worker;
SELECT lives_ok(
    format(
        $$ INSERT INTO saltbitter.compliance_logs (user_id, action_type, regulatory_framework, details)
           VALUES (pg_temp.id(1), 'data_exported', %L, '{"case": "7/2026"}') $$, law
    ),
    '[S-35] [S-17.5] an entry is made for the sake of ' || law
)
FROM unnest('{gdpr,eu_ai_act,ccpa,sb_243}'::text[]) AS law;
SELECT throws_matching(
    format(
        'INSERT INTO saltbitter.compliance_logs (user_id, action_type, regulatory_framework, details) VALUES (%s)', wrong.row
    ),
    wrong.rule, wrong.number || ' no entry'
)
FROM (
    VALUES
        ('pg_temp.id(1), ''x'', ''hipaa'', ''{}''', '_regulatory_framework_check', '[S-17.5] [S-F12] of another law:'),
        ('pg_temp.id(1), ''Did this.'', ''gdpr'', ''{}''', '_action_type_check', '[S-17.3] of a sentence:'),
        ('pg_temp.id(1), ''x'', ''gdpr'', ''[]''', '_details_check', '[S-17.4] of a list:'),
        ('pg_temp.id(99), ''x'', ''gdpr'', ''{}''', '_user_id_fkey', '[S-17.2] of nobody:')
) AS wrong (row, rule, number);
SELECT throws_ok(
    $$ UPDATE saltbitter.compliance_logs SET details = '{}' $$, '42501', NULL, '[S-F6] a job changes no entry'
);
SELECT throws_ok('DELETE FROM saltbitter.compliance_logs', '42501', NULL, '[S-F6] nor removes one');
SET LOCAL ROLE saltbitter_app;
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT is_empty('SELECT * FROM saltbitter.compliance_logs', '[S-F29] nobody sees another''s');
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT is((SELECT count(*) FROM saltbitter.compliance_logs), 4::bigint, '[S-35] one sees what was done to oneself');
SELECT throws_ok(
    $$ INSERT INTO saltbitter.compliance_logs (user_id, action_type, regulatory_framework)
       VALUES (pg_temp.id(1), 'x', 'gdpr') $$, '42501', NULL, '[S-F6] and writes nothing there'
);
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE saltbitter.compliance_logs SET details = '{}' $$, 'SB021', NULL, '[S-F6] an administrator changes nothing'
);
SELECT throws_ok('DELETE FROM saltbitter.compliance_logs', 'SB021', NULL, '[S-F6] nor removes what is young');
SELECT throws_ok('TRUNCATE saltbitter.compliance_logs', 'SB021', NULL, '[S-F6] nor all of it');
SELECT throws_matching(
    'DELETE FROM saltbitter.users', 'compliance_logs_user_id_fkey', '[S-F4] [X-3] no log goes with its person'
);
ALTER TABLE saltbitter.compliance_logs DISABLE TRIGGER t10_refuse_change;
UPDATE saltbitter.compliance_logs SET occurred_at = now() - interval '7 years' WHERE regulatory_framework = 'ccpa';
ALTER TABLE saltbitter.compliance_logs ENABLE TRIGGER t10_refuse_change;
SELECT is(kernel.apply_retention('saltbitter_compliance_logs'), 1::bigint, '[S-F4] [X-5] what is old goes by its own period');
SELECT is((SELECT count(*) FROM saltbitter.compliance_logs), 3::bigint, '[S-F4] and nothing else');

SELECT * FROM finish();
ROLLBACK;
