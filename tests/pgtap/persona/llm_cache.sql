-- Cached answers: their shape, whose they are, what is taken out, when they end.
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
    WHERE a.attrelid = 'persona.llm_cache'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('vendor', 'persona.llm_vendor', true, NULL),
        ('cache_key', 'text', true, NULL),
        ('request_payload', 'jsonb', true, NULL),
        ('response_payload', 'jsonb', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('expires_at', 'timestamp with time zone', false, NULL),
        ('user_id', 'bigint', false, NULL),
        ('asked_by', 'bigint', false, NULL)
    $$,
    '[P-13] [P-13.1..P-13.7] [P-F15] llm_cache has its columns, and no answer without content'
);

SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'persona' AND tablename = 'llm_cache' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX llm_cache_asked_by_idx ON persona.llm_cache USING btree (asked_by) WHERE (asked_by IS NOT NULL)'),
        ('CREATE INDEX llm_cache_expires_at_idx ON persona.llm_cache USING btree (expires_at) WHERE (expires_at IS NOT NULL)'),
        ('CREATE UNIQUE INDEX llm_cache_pkey ON persona.llm_cache USING btree (id)'),
        ('CREATE INDEX llm_cache_user_id_idx ON persona.llm_cache USING btree (user_id) WHERE (user_id IS NOT NULL)'),
        ('CREATE UNIQUE INDEX llm_cache_vendor_cache_key_key ON persona.llm_cache USING btree (vendor, cache_key)')
    $$,
    '[P-13.8] [P-F5] [P-F6] llm_cache has the indexes it needs and no other'
);
SELECT fk_ok('persona', 'llm_cache', 'user_id', 'persona', 'users', 'id', '[P-F15] an answer knows its person');
SELECT fk_ok('persona', 'llm_cache', 'asked_by', 'persona', 'users', 'id', '[P-F15] and one for everybody who asked');

-- What is taken out.
SELECT is(
    persona.sanitised(given.payload::jsonb), given.kept::jsonb, '[P-22] taken out: ' || given.payload
)
FROM (
    VALUES
        ('{"model": "m", "user": "u-1", "max_tokens": 5}', '{"model": "m", "max_tokens": 5}'),
        ('{"a": [{"telegram_id": 5, "b": 1, "firstName": "A"}]}', '{"a": [{"b": 1}]}'),
        ('{"headers": {"Authorization": "x", "X-Api-Key": "y"}}', '{"headers": {}}'),
        ('"write to anna.k+1@example.org, or +7 (912) 345-67-89"', '"write to [e-mail], or [number]"'),
        ('"89123456789 4276 1234 5678 9010 4510 123456"', '"[number]"'),
        ('"ask @anna_k, not a@b"', '"ask [name], not a@b"'),
        ('"key sk-abcdefghijklmnop1234 ."', '"key [key] ."'),
        ('"on 2026-11-21 10:30 it was 3.14159265358979"', '"on 2026-11-21 10:30 it was 3.14159265358979"'),
        ('{"content": "Hello", "n": 12345678901, "t": null, "b": true}', '{"content": "Hello", "n": 12345678901, "t": null, "b": true}'),
        ('{"@anna_k": 1}', '{"[name]": 1}')
) AS given (payload, kept);

SELECT persona.register_user(1) AS ann, persona.register_user(2) AS bob
\gset
UPDATE persona.app_settings SET consent_text = 'We keep answers to you.';
SELECT set_config('kernel.app', 'persona', true);
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.user_id', :'ann', true), kernel.give_consent('personal_data', 1, 'button');
SELECT set_config('kernel.user_id', :'bob', true), kernel.give_consent('personal_data', 1, 'button');
RESET ROLE;
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok(
    format('INSERT INTO persona.llm_cache (vendor, cache_key, request_payload, response_payload, created_at, expires_at, user_id) VALUES (%s)', format(wrong.row, :'ann')),
    wrong.sqlstate, NULL, format('[%s] no answer is %s', wrong.number, wrong.row)
)
FROM (
    VALUES
        ('P-13.2', '''acme'', repeat(''a'', 64), ''{}'', ''{}'', now(), NULL, NULL', '23514'),
        ('P-13.3', '''yandex'', ''what I asked'', ''{}'', ''{}'', now(), NULL, NULL', '23514'),
        ('P-22', '''yandex'', repeat(''a'', 64), ''{"phone": 1}'', ''{}'', now(), NULL, NULL', '23514'),
        ('P-F15', '''yandex'', repeat(''a'', 64), ''{}'', NULL, now(), NULL, NULL', '23502'),
        ('P-F15', '''yandex'', repeat(''a'', 64), ''{}'', ''"a@example.org"'', now(), NULL, NULL', '23514'),
        ('P-F15', '''yandex'', repeat(''a'', 64), ''{}'', ''{}'', now(), NULL, %s', '23514'),
        ('P-13.7', '''yandex'', repeat(''a'', 64), ''{}'', ''{}'', now(), now(), NULL', '23514'),
        ('P-13.7', '''yandex'', repeat(''a'', 64), ''{}'', ''{}'', now(), ''infinity'', NULL', '23514')
) AS wrong (number, row, sqlstate);

-- Get or claim.
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.app', 'persona', true), set_config('kernel.user_id', :'ann', true);
SELECT throws_ok($$ SELECT FROM persona.llm_cache $$, '42501', NULL, 'nobody lists what was asked');
SELECT throws_ok(
    format('SELECT persona.claim_answer(%s)', wrong.arguments), wrong.sqlstate, NULL, 'no claim is ' || wrong.arguments
)
FROM (
    VALUES
        ('''yandex'', ''x''', 'LB005'), ('''yandex'', NULL', 'LB005'), ('''yandex'', repeat(''A'', 64)', 'LB005'),
        ('''yandex'', repeat(''a'', 64), false, ''0''', 'LB006'), ('''yandex'', repeat(''a'', 64), false, NULL', 'LB006'),
        ('''yandex'', repeat(''a'', 64), false, ''2 hours''', 'LB006'), ('NULL, repeat(''a'', 64), false', '23502'),
        ('''acme'', repeat(''a'', 64), false', '23514')
) AS wrong (arguments, sqlstate);
SELECT c.outcome AS outcome, c.token AS token FROM persona.claim_answer('yandex', repeat('a', 64), false) AS c
\gset
SELECT is(:'outcome'::text, 'claimed', '[P-21] who comes first may ask the model');
SELECT is(
    (SELECT c.outcome FROM persona.claim_answer('yandex', repeat('a', 64), false) AS c), 'busy', '[P-21] who comes next is told to wait'
);
SELECT is(
    (SELECT c.outcome FROM persona.claim_answer('openai', repeat('a', 64), false) AS c), 'claimed', '[P-13.8] another vendor is another answer'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{}', '{}', false) $$, gen_random_uuid()), 'LB007', NULL,
    'nobody stores without the token'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{}', '{}', false) $$, NULL::uuid), 'LB007', NULL, 'or with none'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{"user": 1}', '{}', false) $$, :'token'), 'LB008', NULL,
    '[P-F15] what tells of a person is not for everybody'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{}', '"+79123456789"', false) $$, :'token'), 'LB008', NULL,
    '[P-F15] be it in the answer'
);
SELECT persona.store_answer('yandex', repeat('a', 64), :'token', '{"q": 1}', '{"a": "for all"}', false) AS until
\gset
SELECT ok(
    :'until' BETWEEN clock_timestamp() + interval '29 days' AND clock_timestamp() + interval '30 days',
    '[P-21] an answer is stored for as long as the settings say'
);
SELECT results_eq(
    $$ SELECT c.outcome, c.response_payload, c.token FROM persona.claim_answer('yandex', repeat('a', 64), false) AS c $$,
    $$ VALUES ('hit', jsonb '{"a": "for all"}', NULL::uuid) $$, '[P-21] and given again'
);
SELECT throws_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{}', '{}', false) $$, :'token'), 'LB007', NULL, 'a token is for one answer'
);
SELECT c.outcome AS outcome, c.token AS token FROM persona.claim_answer('yandex', repeat('b', 64)) AS c
\gset
SELECT persona.store_answer('yandex', repeat('b', 64), :'token', '{"user": "u", "q": "I am ann@example.org"}', '"Dear ann@example.org"') AS until
\gset
SELECT ok(
    :'until' BETWEEN clock_timestamp() + interval '23 hours' AND clock_timestamp() + interval '1 day',
    '[P-F15] an answer to one person ends soon'
);
SELECT is(
    (SELECT c.response_payload FROM persona.claim_answer('yandex', repeat('b', 64)) AS c), '"Dear ann@example.org"', 'the person has it again'
);
SELECT set_config('kernel.user_id', :'bob', true);
SELECT c.outcome AS outcome, c.token AS token FROM persona.claim_answer('yandex', repeat('b', 64)) AS c
\gset
SELECT is(:'outcome'::text, 'claimed', '[P-F15] another person has not, nor finds it taken');
SELECT is(
    (SELECT c.outcome FROM persona.claim_answer('yandex', repeat('b', 64), false) AS c), 'claimed', '[P-F15] nor everybody'
);
SELECT is(persona.release_claim('yandex', repeat('b', 64), :'token'), true, 'a claim is given up');
SELECT is(persona.release_claim('yandex', repeat('b', 64), :'token'), false, 'once');
SELECT is((SELECT c.outcome FROM persona.claim_answer('yandex', repeat('b', 64)) AS c), 'claimed', 'then the next one may ask');
SELECT is(persona.forget_answers(), 0::bigint, 'one forgets one''s own answers');
SELECT set_config('kernel.user_id', :'ann', true);
SELECT is(persona.forget_answers(), 1::bigint, 'and these are gone');
SELECT is((SELECT c.outcome FROM persona.claim_answer('yandex', repeat('b', 64)) AS c), 'claimed', 'for the model to be asked again');

RESET ROLE;
SELECT is(
    (SELECT array_agg(a.request_payload) FROM persona.llm_cache AS a), ARRAY[jsonb '{"q": 1}'],
    'answers for everybody stay'
);
-- Who asked.
SELECT results_eq(
    $$ SELECT user_id, asked_by FROM persona.llm_cache $$, format('VALUES (NULL::bigint, %s::bigint)', :'ann'),
    '[P-F15] of an answer for everybody it is known whose question it answers'
);
SELECT throws_ok(
    format('UPDATE persona.llm_cache SET user_id = %s, expires_at = now() + interval ''1 day''', :'ann'), '23514', NULL, 'which one for a person has no need of'
);
SET LOCAL ROLE persona_worker;
SELECT set_config('kernel.user_id', '', true);
SELECT c.token AS token FROM persona.claim_answer('openai', repeat('d', 64), false) AS c
\gset
SELECT persona.store_answer('openai', repeat('d', 64), :'token', '{}', '"tip"', false);
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.user_id', :'bob', true);
SELECT c.token AS token FROM persona.claim_answer('openai', repeat('e', 64), false) AS c
\gset
SELECT persona.store_answer('openai', repeat('e', 64), :'token', '{"q": "What becomes of Bob Smith?"}', '"for all"', false);
SELECT set_config('kernel.user_id', :'ann', true);
SELECT is((persona.claim_answer('openai', repeat('e', 64), false)).outcome, 'hit', '[P-21] everybody has it');
SELECT is(persona.forget_answers(), 0::bigint, 'and nobody forgets what others asked');
SELECT set_config('kernel.user_id', :'bob', true);
SELECT is(persona.forget_answers(), 0::bigint, 'nor what everybody may have');
RESET ROLE;
SAVEPOINT before_bob_leaves;
DELETE FROM persona.users WHERE id = :'bob'::bigint;
SELECT array_agg(a.response_payload ORDER BY a.id) AS left_over FROM persona.llm_cache AS a
\gset
ROLLBACK TO before_bob_leaves;
SELECT is(:'left_over'::text, '{"{\"a\": \"for all\"}","\"tip\""}', '[P-F15] what a name was in goes with the person, and nothing else');
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.user_id', :'bob', true);
SELECT persona.withdraw_consent('menu');
SELECT is((persona.claim_answer('openai', repeat('e', 64), false)).outcome, 'claimed', '[P-F15] or with the consent');
SELECT kernel.give_consent('personal_data', 1, 'button');
RESET ROLE;
DELETE FROM persona.llm_cache WHERE vendor = 'openai';
DELETE FROM persona.llm_cache_claims WHERE vendor = 'openai' AND cache_key <> persona.scoped_cache_key(repeat('a', 64), NULL);
-- Ends.
UPDATE persona.app_settings SET cache_ttl = NULL;
SET LOCAL ROLE persona_app;
SELECT c.token AS token FROM persona.claim_answer('proxiapi', repeat('c', 64), false) AS c
\gset
SELECT is(
    persona.store_answer('proxiapi', repeat('c', 64), :'token', '{}', '"for ever"', false), NULL::timestamptz, '[P-21] an answer may have no end'
);
RESET ROLE;
UPDATE persona.llm_cache SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE vendor = 'yandex';
SET LOCAL ROLE persona_app;
SELECT c.outcome AS outcome, c.token AS token FROM persona.claim_answer('yandex', repeat('a', 64), false) AS c
\gset
SELECT is(:'outcome'::text, 'claimed', '[P-21] an answer that has expired is given to nobody');
SELECT lives_ok(
    format($$ SELECT persona.store_answer('yandex', repeat('a', 64), %L, '{}', '"anew"', false) $$, :'token'), '[P-13.8] and is replaced'
);
RESET ROLE;
UPDATE persona.llm_cache SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE vendor = 'yandex';
UPDATE persona.llm_cache_claims SET claimed_at = now() - interval '2 days', lease_until = now() - interval '1 day' WHERE vendor = 'openai';
SELECT is(
    (SELECT sum(p.row_count)::bigint FROM kernel.retention_preview() AS p WHERE p.policy IN ('llm_cache', 'llm_cache_claims')), 2::bigint,
    '[P-21] [X-5] the job finds what has expired'
);
SELECT isnt(kernel.apply_retention('llm_cache'), 0::bigint, '[P-21] [P-F6] and removes it');
SELECT results_eq(
    $$ SELECT response_payload FROM persona.llm_cache $$, $$ VALUES (jsonb '"for ever"') $$, '[P-21] what has no end stays'
);
-- A lease that is over.
SET LOCAL ROLE persona_app;
SELECT is(
    (SELECT c.outcome FROM persona.claim_answer('openai', repeat('a', 64), false) AS c), 'claimed', '[P-21] a claim whose program is gone is taken over'
);

SELECT * FROM finish();
ROLLBACK;
