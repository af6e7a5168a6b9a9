-- Consent is asked for by the database: nothing of a person is kept without it, whoever writes.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT t.version, t.language, t.is_material FROM kernel.consent_text AS t WHERE t.app = 'astroloh' AND t.purpose = 'data_processing' ORDER BY 1 $$,
    $$ VALUES (1, 'ru', true), (2, 'en', true) $$,
    '[A-F10] what people agree to is published, in two languages'
);
SELECT results_eq(
    $$
    SELECT DISTINCT c.relname::text COLLATE "default" FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
    WHERE t.tgfoid IN ('astroloh.tg_require_consent()'::regprocedure, 'astroloh.tg_require_birth_consent()'::regprocedure)
      AND t.tgparentid = 0 AND t.tgenabled = 'O'
    ORDER BY 1
    $$,
    $$
    VALUES
        ('ab_test_groups'), ('horoscope_requests'), ('recommendation_metrics'), ('recommendations'), ('user_clusters'),
        ('user_interactions'), ('user_preferences'), ('users')
    $$,
    '[A-49] every table that holds what a person is, asks, does or is taken for asks for consent'
);
SELECT is_empty(
    $$
    SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'user_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'astroloh'::regnamespace AND c.relkind IN ('r', 'p')
      AND c.relname !~ '^(user_identities|user_sessions|security_logs.*)$'
      AND NOT EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgfoid = 'astroloh.tg_require_consent()'::regprocedure)
    $$,
    '[A-49] partitions too; only accounts, dialogs and the security log come before consent'
);

-- What needs consent: a person, and what would be written of them.
CREATE TEMPORARY TABLE writings (number integer, role text, statement text);
INSERT INTO writings VALUES
    (1, 'app', $$ UPDATE astroloh.users SET encrypted_birth_date = pg_temp.envelope() $$),
    (2, 'app', $$ UPDATE astroloh.users SET encrypted_birth_location = pg_temp.envelope() $$),
    (3, 'app', $$ UPDATE astroloh.users SET encrypted_name = pg_temp.envelope() $$),
    (4, 'app', $$ UPDATE astroloh.users SET zodiac_sign = 'leo' $$),
    (5, 'app', $$ UPDATE astroloh.users SET gender = 'other' $$),
    (6, 'app', $$ INSERT INTO astroloh.horoscope_requests (user_id, request_type) VALUES (%1$L, 'daily') $$),
    (7, 'app', $$ INSERT INTO astroloh.user_preferences (user_id) VALUES (%1$L) $$),
    (8, 'app', $$ INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type) VALUES (%1$L, 'view', 'lunar') $$),
    (9, 'app', $$ INSERT INTO astroloh.recommendation_metrics (user_id, metric_name, metric_value) VALUES (%1$L, 'ctr', 1) $$),
    (10, 'app', $$ SELECT astroloh.assign_group('tone') $$),
    (11, 'worker', $$ INSERT INTO astroloh.user_interactions (user_id, interaction_type, content_type) VALUES (%1$L, 'view', 'lunar') $$),
    (12, 'worker', $$ INSERT INTO astroloh.recommendations (user_id, recommendation_type, content_type, title, confidence_score,
        algorithm_used, model_version) VALUES (%1$L, 'content', 'daily', 'x', 1, 'hybrid', '1') $$),
    (13, 'worker', $$ INSERT INTO astroloh.user_clusters (user_id, cluster_id, similarity_score, algorithm_version)
        VALUES (%1$L, 'fire', 1, '1') ON CONFLICT (user_id, cluster_id, algorithm_version) DO UPDATE SET similarity_score = 2 $$),
    (14, 'worker', $$ INSERT INTO astroloh.recommendation_metrics (user_id, metric_name, metric_value) VALUES (%1$L, 'ctr', 1) $$),
    (15, 'owner', $$ UPDATE astroloh.users SET encrypted_name = pg_temp.envelope() WHERE id = %1$L $$),
    (16, 'owner', $$ INSERT INTO astroloh.users (encrypted_birth_date) VALUES (pg_temp.envelope()) $$),
    (17, 'owner', $$ INSERT INTO astroloh.ab_test_groups (user_id, test_name, group_name) VALUES (%1$L, 'tone', 'control') $$),
    (18, 'admin', $$ UPDATE astroloh.users SET encrypted_birth_date = pg_temp.envelope() WHERE id = %1$L $$),
    (19, 'admin', $$ INSERT INTO astroloh.horoscope_requests (user_id, request_type) VALUES (%1$L, 'natal') $$);
CREATE FUNCTION pg_temp.state_of(p_number integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_role text;
    v_statement text;
BEGIN
    SELECT w.role, format(w.statement, current_setting('test.ann')) INTO v_role, v_statement FROM writings AS w WHERE w.number = p_number;
    PERFORM set_config('role', CASE v_role WHEN 'admin' THEN 'none' WHEN 'owner' THEN 'strongroom_owner' ELSE 'astroloh_' || v_role END, true);
    PERFORM pg_temp.as_person(CASE v_role WHEN 'app' THEN current_setting('test.ann')::uuid END);
    EXECUTE v_statement;
    RAISE SQLSTATE 'ZZ000';
EXCEPTION
    WHEN OTHERS THEN
        RETURN SQLSTATE;
END;
$$;
INSERT INTO astroloh.ab_tests (test_name, test_start_date) VALUES ('tone', now());
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);

SELECT is(pg_temp.state_of(w.number), 'KR130', format('[A-49] not without consent, by %s: %s', w.role, btrim(left(w.statement, 90))))
FROM writings AS w;

-- Somebody else's consent, and consent to something else, is none.
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SET LOCAL ROLE astroloh_app;
SELECT astroloh.give_consent(1, 'button');
SET LOCAL ROLE astroloh_worker;
SELECT kernel.publish_consent_text('astroloh', 'newsletter', 'ru', 'Write to me.');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SET LOCAL ROLE astroloh_app;
SELECT kernel.give_consent('newsletter', 1, 'button');
RESET ROLE;
SELECT is(
    string_agg(DISTINCT pg_temp.state_of(w.number), ' '), 'KR130', '[A-49] the consent of another person, or to another purpose, is none'
)
FROM writings AS w;
SELECT is(
    (SELECT string_agg(u.data_consent::text, ' ' ORDER BY u.id = current_setting('test.ann')::uuid DESC) FROM astroloh.users AS u),
    'false true', '[A-10.9] [A-F10] and data_consent follows the ledger, of each person alone'
);
SELECT pg_temp.as_person(NULL);
SELECT throws_ok(
    $$ UPDATE kernel.consent_event SET subject = current_setting('test.ann') WHERE subject = current_setting('test.bob') $$,
    'KR040', NULL, '[A-F10] what one person said is not made another''s'
);

-- With consent, until it is withdrawn. An envelope needs a key besides.
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SET LOCAL ROLE astroloh_app;
SELECT is(astroloh.give_consent(2, 'voice'), true, '[A-49] a person agrees');
RESET ROLE;
SELECT is(
    pg_temp.state_of(w.number), CASE WHEN w.statement ~ 'envelope' THEN 'KR080' ELSE 'ZZ000' END,
    format('[A-49] with consent, by %s: %s', w.role, btrim(left(w.statement, 90)))
)
FROM writings AS w WHERE w.number <> 16;
SELECT is(pg_temp.state_of(16), 'KR130', '[A-49] who is not there yet has not agreed');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SET LOCAL ROLE astroloh_app;
SELECT lives_ok($$ UPDATE astroloh.users SET zodiac_sign = 'leo', gender = 'female' $$, '[A-49] a sign is said');
SELECT is(astroloh.withdraw_consent('voice'), true, '[A-49] the person withdraws');
RESET ROLE;
SELECT is(
    string_agg(DISTINCT pg_temp.state_of(w.number), ' '), 'KR130', '[A-49] nothing more is written from then on, by whomever'
)
FROM writings AS w WHERE w.statement !~ '''leo''';
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SET LOCAL ROLE astroloh_app;
SELECT throws_ok($$ UPDATE astroloh.users SET zodiac_sign = 'virgo' $$, 'KR130', NULL, '[A-49] nor corrected');
SELECT lives_ok(
    $$ UPDATE astroloh.users SET data_retention_days = 30, last_accessed = now() $$, '[A-48] how long to be known is said without consent'
);
SELECT lives_ok($$ SELECT astroloh.open_session('telegram', 'talk') $$, '[A-49] and one may talk, for that is how one is asked');
SELECT lives_ok($$ UPDATE astroloh.users SET zodiac_sign = NULL, gender = NULL $$, '[A-49] what was kept may be forgotten');
SELECT throws_ok($$ UPDATE astroloh.users SET zodiac_sign = 'leo' $$, 'KR130', NULL, '[A-49] and does not come back');
SELECT results_eq(
    $$ SELECT l.description FROM astroloh.security_logs AS l WHERE l.event_type = 'consent' ORDER BY l.occurred_at $$,
    $$ VALUES ('data_processing was agreed to'), ('data_processing was withdrawn') $$,
    '[A-49] [A-51] each is an event of security'
);
SELECT is((SELECT u.data_consent FROM astroloh.users AS u), false, '[A-10.9] and is seen in the row');

-- Past the functions of the app: the ledger alone is not enough, and a no is.
SELECT is(kernel.give_consent('data_processing', 2, 'voice'), true, 'the ledger takes what is said to it');
SELECT throws_ok($$ UPDATE astroloh.users SET zodiac_sign = 'leo' $$, 'KR130', NULL, '[A-49] [A-10.9] while data_consent is false, nothing is kept');
SELECT is(astroloh.give_consent(2, 'voice'), false, 'what was said already is not said again');
SELECT lives_ok($$ UPDATE astroloh.users SET zodiac_sign = 'leo' $$, '[A-49] [A-10.9] both say yes');
SELECT kernel.withdraw_consent('data_processing', 'voice');
SELECT is((SELECT u.data_consent FROM astroloh.users AS u), true, 'the row does not know');
SELECT throws_ok($$ UPDATE astroloh.users SET zodiac_sign = 'virgo' $$, 'KR130', NULL, '[A-49] [A-F10] and the ledger holds');

-- A wording that says something else.
SELECT astroloh.give_consent(2, 'voice');
SET LOCAL ROLE astroloh_worker;
SELECT kernel.publish_consent_text('astroloh', 'data_processing', 'en', 'I agree.', false);
SET LOCAL ROLE astroloh_app;
SELECT ok(astroloh.may_process(current_setting('test.ann')::uuid), '[A-F10] a corrected spelling changes nothing');
SELECT ok(NOT astroloh.may_process(current_setting('test.bob')::uuid), 'of others a person sees nothing');
SET LOCAL ROLE astroloh_worker;
SELECT kernel.publish_consent_text('astroloh', 'data_processing', 'en', 'I agree to be known to partners.');
RESET ROLE;
SELECT is(
    string_agg(DISTINCT pg_temp.state_of(w.number), ' '), 'KR130', '[A-49] [A-F10] consent to an older wording counts no more'
)
FROM writings AS w WHERE w.statement !~ '''leo''';

-- Nobody gets around it.
SET LOCAL ROLE astroloh_worker;
SELECT throws_ok(
    $$ INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
    VALUES ('astroloh', current_setting('test.ann'), 'data_processing', 1, 'ru', true, 'person', 'button') $$,
    '42501', NULL, '[A-49] a job agrees for nobody by hand'
);
SELECT throws_ok(
    format('SET LOCAL session_replication_role = replica'), '42501', NULL, '[A-49] nor switches the question off'
);
SELECT throws_ok(
    $$ ALTER TABLE astroloh.users DISABLE TRIGGER t20_require_consent $$, '42501', NULL, '[A-49] in whichever way'
);
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
