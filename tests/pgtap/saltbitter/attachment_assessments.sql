-- One assessment a person, in bounds, and only while they consent.
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
    WHERE a.attrelid = 'saltbitter.attachment_assessments'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('id', 'uuid', true, 'gen_random_uuid()'),
        ('anxiety_score', 'numeric(5,2)', true, NULL),
        ('avoidance_score', 'numeric(5,2)', true, NULL),
        ('style', 'text', true, NULL),
        ('assessment_version', 'text', true, NULL),
        ('total_questions', 'integer', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[S-12] [S-12.1..S-12.9] [S-F8] attachment_assessments has its columns'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'attachment_assessments' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE UNIQUE INDEX attachment_assessments_pkey ON saltbitter.attachment_assessments USING btree '
            '(user_id, id)'),
        ('CREATE INDEX attachment_assessments_style_idx ON saltbitter.attachment_assessments USING btree '
            '(style, user_id)'),
        ('CREATE UNIQUE INDEX attachment_assessments_user_id_key ON saltbitter.attachment_assessments USING '
            'btree (user_id)')
    $$,
    '[S-12.2] [S-12.10, S-12.11] [S-26] [S-F1] [S-F27] one assessment a person, found by style for whom it concerns'
);

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 2) AS n;
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT throws_ok(
    $$
    INSERT INTO saltbitter.attachment_assessments (
        user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
    )
    VALUES (pg_temp.id(1), 0, 100, 'fearful-avoidant', 'ecr-r/2', 36)
    $$,
    'KR130', NULL, '[S-34] without consent no assessment is kept'
);
RESET ROLE;
SELECT pg_temp.consent(1, 'attachment_assessment');
SET LOCAL ROLE saltbitter_app;
SELECT lives_ok(
    $$
    INSERT INTO saltbitter.attachment_assessments (
        user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
    )
    VALUES (pg_temp.id(1), 0, 100, 'fearful-avoidant', 'ecr-r/2', 36)
    $$,
    '[S-12] [S-34] who consents keeps an assessment'
);
SELECT throws_ok(
    $$
    INSERT INTO saltbitter.attachment_assessments (
        user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
    )
    VALUES (pg_temp.id(1), 1, 2, 'secure', 'ecr-r/2', 36)
    $$,
    '23505', NULL, '[S-12.2] [S-26] and one only'
);
SELECT throws_ok(
    $$
    INSERT INTO saltbitter.attachment_assessments (
        user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
    )
    VALUES (pg_temp.id(2), 1, 2, 'secure', 'ecr-r/2', 36)
    $$,
    '42501', NULL, '[S-F29] none for somebody else'
);
SELECT throws_matching(
    format('UPDATE saltbitter.attachment_assessments SET %s', wrong.change), wrong.rule,
    wrong.number || ' not ' || wrong.change
)
FROM (
    VALUES
        ('[S-12.3] [S-F8]', 'anxiety_score = 100.01', '_anxiety_score_check'),
        ('[S-12.3] [S-F8]', 'anxiety_score = -0.01', '_anxiety_score_check'),
        ('[S-12.3] [S-F8]', 'anxiety_score = ''NaN''', '_anxiety_score_check'),
        ('[S-12.4] [S-F8]', 'avoidance_score = 100.01', '_avoidance_score_check'),
        ('[S-12.4] [S-F8]', 'avoidance_score = -1', '_avoidance_score_check'),
        ('[S-12.5] [S-F13]', 'style = ''fearful_avoidant''', '_style_check'),
        ('[S-12.6]', 'assessment_version = ''''', '_assessment_version_length_check'),
        ('[S-12.7]', 'total_questions = 0', '_total_questions_check')
) AS wrong (number, change, rule);
SELECT lives_ok(
    format('UPDATE saltbitter.attachment_assessments SET style = %L', style), '[S-12.5] [S-F13] a style is ' || style
)
FROM unnest('{secure,anxious,avoidant,fearful-avoidant}'::text[]) AS style;
RESET ROLE;
UPDATE saltbitter.attachment_assessments SET updated_at = '2020-01-01';
SELECT is(updated_at, now(), '[S-12.9] [S-F24] updated_at is kept by the database')
FROM saltbitter.attachment_assessments;

-- Who consents no more, in whatever way that is said.
SELECT pg_temp.profile(3, 'woman', 'everyone', 48.2, 16.4), pg_temp.profile(4, 'man', 'everyone', 48.2, 16.4);
SELECT pg_temp.consent(n, 'attachment_assessment') FROM generate_series(2, 4) AS n;
INSERT INTO saltbitter.attachment_assessments (
    user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions
)
SELECT pg_temp.id(n), 1, 2, 'secure', 'ecr-r/2', 36 FROM generate_series(2, 4) AS n;
CREATE FUNCTION pg_temp.kept() RETURNS text[] LANGUAGE sql AS $$
SELECT coalesce(array_agg(k.what ORDER BY k.what), '{}') FROM (
    SELECT 'assessment ' || right(a.user_id::text, 1) FROM saltbitter.attachment_assessments AS a
    UNION ALL
    SELECT 'wish ' || right(p.user_id::text, 1) FROM saltbitter.profiles AS p WHERE p.looking_for_gender IS NOT NULL
) AS k (what)
$$;
SELECT set_config('kernel.user_id', pg_temp.id(3)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT kernel.withdraw_consent('orientation', 'letter');
RESET ROLE;
SELECT is(
    pg_temp.kept(), '{assessment 1,assessment 2,assessment 3,assessment 4,wish 4}',
    '[S-34] a consent that is withdrawn in the ledger alone takes along what was kept by it'
);
SET LOCAL ROLE saltbitter_app;
SELECT kernel.withdraw_consent('attachment_assessment', 'letter');
RESET ROLE;
SELECT is(pg_temp.kept(), '{assessment 1,assessment 2,assessment 4,wish 4}', '[S-34] the assessment as well');
SET LOCAL ROLE strongroom_runner;
SELECT is(
    kernel.withdraw_consents('saltbitter', pg_temp.id(4)::text, 'retention'), 2,
    'so does a rule, in which nobody has an identity'
);
RESET ROLE;
SELECT is(pg_temp.kept(), '{assessment 1,assessment 2}', '[S-34] and nobody else loses anything');

SELECT * FROM finish();
ROLLBACK;
