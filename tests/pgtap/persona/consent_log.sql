-- Consent to the processing of personal data: each wording stays, and no answer is kept without.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT persona.register_user(1) AS ann, persona.register_user(2) AS bob, persona.register_user(3) AS root
\gset
SELECT set_config('kernel.app', 'persona', true), set_config('kernel.user_id', :'ann', true);
SELECT is(
    (SELECT count(*) FROM kernel.consent_text WHERE app = 'persona'), 0::bigint,
    '[P-30] what is there from the start is no wording, and nobody can agree to it'
);
SET LOCAL ROLE persona_app;
SELECT throws_ok($$ SELECT kernel.give_consent('personal_data', 1, 'button') $$, 'KR131', NULL, '[P-30] not even to the first');
SELECT throws_ok(
    $$ SELECT persona.claim_answer('yandex', repeat('a', 64)) $$, 'KR130', NULL, '[P-30] so no answer to one person is claimed'
);
SELECT is(
    (SELECT c.outcome FROM persona.claim_answer('yandex', repeat('a', 64), false) AS c), 'claimed',
    'what is for everybody takes no consent'
);

-- Who publishes.
SELECT throws_ok($$ SELECT persona.publish_consent('x') $$, '42501', NULL, 'people publish nothing');
SELECT throws_ok($$ UPDATE persona.app_settings SET consent_text = 'x' $$, '42501', NULL, 'in no way');
SET LOCAL ROLE persona_worker;
SELECT throws_ok($$ SELECT persona.publish_consent('x') $$, 'LB001', NULL, 'nor does a worker in nobody''s name');
RESET ROLE;
INSERT INTO persona.admin_users (user_id, can_manage_keys, can_manage_users) VALUES (:root, false, true);
SELECT set_config('kernel.user_id', :'root', true);
SET LOCAL ROLE persona_worker;
SELECT throws_ok($$ SELECT persona.publish_consent('x') $$, 'LB001', NULL, 'nor in that of one without the right');
RESET ROLE;
UPDATE persona.admin_users SET can_manage_keys = true;
SET LOCAL ROLE persona_worker;
SELECT is(persona.publish_consent('First.'), 1, '[P-30] [P-F14] an administrator''s worker publishes the first wording');
SELECT is(persona.publish_consent('First.'), 1, 'once');
SELECT is(persona.publish_consent('The first.', 'en'), 2, '[P-F14] and one in another language');
SELECT throws_ok($$ SELECT persona.publish_consent('', 'ru') $$, 'KR133', NULL, 'an empty one is none');
SELECT is((SELECT s.consent_text FROM persona.app_settings AS s), 'First.', '[P-12.4] the settings show the Russian one');

-- Who agrees.
SELECT set_config('kernel.user_id', :'ann', true);
SET LOCAL ROLE persona_app;
SELECT is(kernel.give_consent('personal_data', 1, 'button'), true, '[P-30] a person agrees');
SELECT c.token AS token FROM persona.claim_answer('yandex', repeat('b', 64)) AS c
\gset
SELECT lives_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('b', 64), %L, '{}', '"Hello"') $$, :'token'),
    '[P-30] and answers are kept for them'
);
SELECT c.token AS token FROM persona.claim_answer('yandex', repeat('c', 64)) AS c
\gset
SELECT set_config('kernel.user_id', :'bob', true);
SELECT throws_ok(
    $$ SELECT persona.claim_answer('yandex', repeat('b', 64)) $$, 'KR130', NULL, 'somebody else''s consent is nobody''s'
);
RESET ROLE;
SELECT throws_ok(
    format(
        $$ INSERT INTO persona.llm_cache (vendor, cache_key, request_payload, response_payload, expires_at, user_id)
        VALUES ('openai', repeat('d', 64), '{}', '{}', now() + interval '1 hour', %s) $$, :'bob'
    ),
    'KR130', NULL, '[P-30] the table itself takes none without consent, whoever writes'
);
SELECT throws_ok(
    format($$ UPDATE persona.llm_cache SET user_id = %s WHERE vendor = 'yandex' $$, :'bob'), 'KR130', NULL,
    '[P-30] nor by a change of whose it is'
);

-- A wording that means something else.
UPDATE persona.app_settings SET consent_text = 'Second.';
SELECT results_eq(
    $$ SELECT version, language, body, is_material FROM kernel.consent_text WHERE app = 'persona' ORDER BY version $$,
    $$ VALUES (1, 'ru', 'First.', true), (2, 'en', 'The first.', true), (3, 'ru', 'Second.', true) $$,
    '[P-F14] what the owner writes into the settings is published, and the earlier wordings stay'
);
SELECT set_config('kernel.user_id', :'ann', true);
SET LOCAL ROLE persona_app;
SELECT throws_ok(
    $$ SELECT persona.claim_answer('yandex', repeat('b', 64)) $$, 'KR130', NULL,
    '[P-30] who agreed to something else is asked again; not even what is kept is given'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('c', 64), %L, '{}', '"Late"') $$, :'token'), 'KR130', NULL,
    '[P-30] and what was claimed before is not stored'
);
SELECT throws_ok($$ SELECT kernel.give_consent('personal_data', 1, 'button') $$, 'KR132', NULL, 'the old one can''t be agreed to');
SELECT is(kernel.give_consent('personal_data', 3, 'button'), true, 'the new one can');
SELECT is((SELECT c.outcome FROM persona.claim_answer('yandex', repeat('b', 64)) AS c), 'hit', 'and all goes on');
RESET ROLE;
SELECT set_config('kernel.user_id', :'root', true);
SET LOCAL ROLE persona_worker;
SELECT is(persona.publish_consent('Second!', p_is_material => false), 4, '[P-F14] a mended spelling is a version');
SELECT set_config('kernel.user_id', :'ann', true);
SET LOCAL ROLE persona_app;
SELECT is(kernel.has_consent('personal_data'), true, '[P-30] for which nobody is asked again');

-- Taking it back.
SELECT is(persona.withdraw_consent('menu'), true, '[P-30] a person takes it back');
SELECT is(persona.withdraw_consent('menu'), false, 'once');
SELECT throws_ok($$ SELECT persona.claim_answer('yandex', repeat('b', 64)) $$, 'KR130', NULL, 'and nothing is kept any more');
SELECT results_eq(
    'SELECT user_id, granted, version, consent_text, method FROM persona.consent_log ORDER BY id',
    format($$ VALUES
        (%1$s::bigint, true, 1, 'First.', 'button'), (%1$s, true, 3, 'Second.', 'button'), (%1$s, false, 3, 'Second.', 'menu')
    $$, :'ann'),
    '[P-30] [P-F14] it can be shown who agreed to which wording'
);
SELECT set_config('kernel.user_id', :'bob', true);
SELECT is_empty('SELECT FROM persona.consent_log', 'to nobody else');
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok($$ SELECT persona.withdraw_consent('menu') $$, 'KR001', NULL, 'nobody takes nothing back');
RESET ROLE;
SELECT is(
    (SELECT count(*) FROM persona.llm_cache AS a WHERE a.user_id IS NOT NULL), 0::bigint,
    '[P-30] what was kept for the person is gone'
);

SELECT * FROM finish();
ROLLBACK;
