-- Every use of AI: disclosed before it is agreed to, and none for who wants none.
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
    WHERE a.attrelid = 'saltbitter.ai_interactions'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'kernel.uuid_v7()'),
        ('ai_type', 'text', true, NULL),
        ('disclosure_shown', 'boolean', true, '(disclosure_shown_at IS NOT NULL)'),
        ('user_consented', 'boolean', true, '(user_consented_at IS NOT NULL)'),
        ('session_id', 'text', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('disclosure_shown_at', 'timestamp with time zone', false, NULL),
        ('user_consented_at', 'timestamp with time zone', false, NULL)
    $$,
    '[S-15] [S-15.1..S-15.7] [S-F23] ai_interactions has its columns, moments behind its flags'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'ai_interactions' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX ai_interactions_ai_type_idx ON saltbitter.ai_interactions USING btree (ai_type, '
            'created_at)'),
        ('CREATE INDEX ai_interactions_created_at_idx ON saltbitter.ai_interactions USING btree (created_at)'),
        ('CREATE UNIQUE INDEX ai_interactions_pkey ON saltbitter.ai_interactions USING btree (user_id, id)')
    $$,
    '[S-15.8, S-15.9] [S-F27] ai_interactions is found by person, by kind and by age'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 2) AS n;
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT set_config('test.use', saltbitter.show_ai_disclosure('relationship_coach', 's1')::text, true);
SELECT results_eq(
    'SELECT i.disclosure_shown, i.user_consented, i.disclosure_shown_at FROM saltbitter.ai_interactions AS i',
    'VALUES (true, false, now())', '[S-37] [S-15.4] a use begins with the disclosure'
);
SELECT is(
    saltbitter.consent_to_ai(current_setting('test.use')::uuid), now(), '[S-37] [S-15.5] what is disclosed can be agreed to'
);
SELECT is(saltbitter.consent_to_ai(current_setting('test.use')::uuid), now(), 'twice is once');
SELECT results_eq(
    'SELECT i.user_consented, i.session_id FROM saltbitter.ai_interactions AS i', $$ VALUES (true, 's1') $$,
    '[S-15.6] and is noted, by session'
);
SELECT throws_ok(
    $$ INSERT INTO saltbitter.ai_interactions (user_id, ai_type) VALUES (pg_temp.id(1), 'relationship_coach') $$,
    '42501', NULL, '[S-37] no use but by disclosure'
);
SELECT throws_ok(
    $$ SELECT saltbitter.show_ai_disclosure('fortune_teller') $$, 'SB023', NULL, '[S-15.3] [S-F12] of a feature there is'
);
SELECT throws_matching(
    $$ SELECT saltbitter.show_ai_disclosure('relationship_coach', '') $$, 'session_id_length', '[S-15.6] no empty session'
);
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT throws_ok(
    $$ SELECT saltbitter.consent_to_ai(current_setting('test.use')::uuid) $$, 'SB024', NULL, '[S-F29] nobody agrees for another'
);
SELECT is_empty('SELECT * FROM saltbitter.ai_interactions', '[S-F29] nor sees it');
RESET ROLE;
SELECT throws_matching(
    format('UPDATE saltbitter.ai_interactions SET %s', wrong.change), 'ai_interactions_disclosed_consent_check',
    '[S-F23] consent without disclosure can''t be: ' || wrong.what
)
FROM (
    VALUES
        ('disclosure_shown_at = NULL', 'disclosed never'),
        ('disclosure_shown_at = user_consented_at + interval ''1 second''', 'disclosed afterwards')
) AS wrong (change, what);

-- The opt-out of SB 243.
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT set_config('test.late', saltbitter.show_ai_disclosure('relationship_coach')::text, true);
SELECT is(saltbitter.set_ai_opt_out(true), true, '[S-38] a person opts out');
SELECT is(saltbitter.set_ai_opt_out(true), false, '[S-38] once');
SELECT throws_ok(
    $$ SELECT saltbitter.show_ai_disclosure('relationship_coach') $$, 'SB022', NULL, '[S-38] then no AI begins'
);
SELECT throws_ok(
    $$ SELECT saltbitter.consent_to_ai(current_setting('test.late')::uuid) $$, 'SB022', NULL,
    '[S-38] nor goes on that was only disclosed'
);
SELECT throws_ok('SELECT saltbitter.set_ai_opt_out(NULL)', 'SB025', NULL, 'an opt-out is true or false');
SELECT results_eq(
    $$
    SELECT c.action_type, c.regulatory_framework, c.details
    FROM saltbitter.compliance_logs AS c
    ORDER BY c.id
    $$,
    $$
    VALUES
        ('ai_consent_given', 'eu_ai_act', '{"ai_type": "relationship_coach"}'::jsonb),
        ('ai_opt_out', 'sb_243', '{}')
    $$,
    '[S-35] [S-38] [S-42] the compliance log has both'
);
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT lives_ok($$ SELECT saltbitter.show_ai_disclosure('relationship_coach') $$, '[S-38] others go on');
SELECT is_empty('SELECT * FROM saltbitter.ai_opt_outs', '[S-F29] and do not see who opted out');
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SELECT is(saltbitter.set_ai_opt_out(false), true, '[S-38] and opts in again');
SELECT lives_ok($$ SELECT saltbitter.show_ai_disclosure('relationship_coach') $$, '[S-38] when they like');

SELECT * FROM finish();
ROLLBACK;
