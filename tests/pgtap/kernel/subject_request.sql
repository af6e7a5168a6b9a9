BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT tarot.register_user(9001, 'anna') AS anna, tarot.register_user(9002, 'bert') AS bert
\gset
CREATE TEMPORARY TABLE asked (name text, id uuid, code text);
GRANT ALL ON asked TO PUBLIC;
CREATE TEMPORARY VIEW states AS
SELECT r.id, r.state, r.state_reason, r.kind, r.origin, r.attempts FROM kernel.subject_request AS r;

-- A person asks.
SELECT set_config('kernel.app', 'tarot', true), set_config('kernel.user_id', :'anna', true);
SET LOCAL ROLE tarot_app;
INSERT INTO pg_temp.asked SELECT 'first', r.request_id, r.code FROM kernel.request_erasure() AS r;
RESET ROLE;
SELECT results_eq(
    'SELECT s.state, s.kind, s.origin FROM pg_temp.states AS s',
    $$VALUES ('requested', 'erasure', 'person')$$,
    '[A-46] a person asks to be erased'
);
SELECT ok(
    (SELECT code ~ '^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$' FROM pg_temp.asked),
    'and gets a code that can be typed'
);
SELECT is_empty(
    $$ SELECT FROM kernel.subject_request AS r, pg_temp.asked AS a
    WHERE r::text LIKE '%' || replace(a.code, '-', '') || '%' OR r::text LIKE '%' || a.code || '%' $$,
    '[A-F11] the code itself is not kept'
);
SELECT is(
    (SELECT r.code_hash FROM kernel.subject_request AS r),
    (
        SELECT sha256(r.code_salt || convert_to(replace(a.code, '-', ''), 'UTF8'))
        FROM kernel.subject_request AS r, pg_temp.asked AS a
    ),
    '[A-F11] but a salted digest of it'
);
SELECT is(
    (SELECT r.due_at FROM kernel.subject_request AS r), now() + interval '1 month',
    'the term of the GDPR is a month'
);
SELECT ok(kernel.is_subject_pinned('tarot', :'anna'), 'who has asked is pinned against retention');
SELECT ok(NOT kernel.is_subject_held('tarot', :'anna'), 'but not held against erasure');

-- Whoever asks twice.
SET LOCAL ROLE tarot_app;
INSERT INTO pg_temp.asked SELECT 'again', r.request_id, r.code FROM kernel.request_erasure('fz152') AS r;
SELECT is(
    (SELECT count(DISTINCT id) FROM pg_temp.asked), 1::bigint,
    '[A-F12] who asks again joins the open request'
);
SELECT is(
    kernel.verify_request((SELECT id FROM pg_temp.asked LIMIT 1), (SELECT code FROM pg_temp.asked WHERE name = 'first')),
    'rejected', 'the first code was replaced by the second'
);

-- One answer to all that is wrong.
SELECT is(kernel.verify_request(call.id, call.code), 'rejected', call.why)
FROM (
    VALUES
        (gen_random_uuid(), '0000-0000-0000-0000', 'a request that nobody made'),
        (NULL, '0000-0000-0000-0000', 'no request'),
        ((SELECT id FROM pg_temp.asked LIMIT 1), NULL, 'no code'),
        ((SELECT id FROM pg_temp.asked LIMIT 1), '', 'an empty code'),
        ((SELECT id FROM pg_temp.asked LIMIT 1), 'ZZZZ-ZZZZ-ZZZZ-ZZZZ', 'a wrong code')
) AS call (id, code, why);
SELECT set_config('kernel.user_id', :'bert', true);
SELECT is(
    kernel.verify_request((SELECT id FROM pg_temp.asked LIMIT 1), (SELECT code FROM pg_temp.asked WHERE name = 'again')),
    'rejected', 'the right code from another person'
);
SELECT is_empty('SELECT * FROM kernel.my_requests()', 'who sees nothing of it');
SELECT set_config('kernel.user_id', :'anna', true);
RESET ROLE;
SELECT is(
    (SELECT s.attempts FROM pg_temp.states AS s), 4::smallint,
    '[A-F11] wrong codes are counted, those of other people are not'
);
SELECT throws_ok(
    'UPDATE kernel.subject_request SET attempts = 0', 'KR090', NULL, 'and the count does not fall'
);
SET LOCAL ROLE tarot_app;
SELECT is(
    kernel.verify_request(
        (SELECT id FROM pg_temp.asked LIMIT 1),
        (SELECT ' ' || lower(translate(code, '-0', ' o')) FROM pg_temp.asked WHERE name = 'again')
    ),
    'verified', '[A-46] the right code, as people type it, confirms the request'
);
SELECT is(
    kernel.verify_request((SELECT id FROM pg_temp.asked LIMIT 1), (SELECT code FROM pg_temp.asked WHERE name = 'again')),
    'rejected', '[A-F11] once'
);
SELECT results_eq(
    'SELECT r.request_id, r.code FROM kernel.request_erasure() AS r',
    'SELECT a.id, NULL::text FROM pg_temp.asked AS a LIMIT 1',
    'who asks again after that gets no code'
);
SELECT results_eq(
    'SELECT m.kind, m.regime, m.state, m.refusal_reason FROM kernel.my_requests() AS m',
    $$VALUES ('erasure', 'gdpr', 'verified', NULL::text)$$,
    'the person sees how far it is'
);
RESET ROLE;
SELECT results_eq(
    $$SELECT e.from_state, e.to_state, e.actor FROM kernel.subject_request_event AS e ORDER BY e.id$$,
    $$VALUES (NULL, 'requested', 'person'), ('requested', 'verified', 'person')$$,
    'each step is written down, without the name of the person'
);

-- Codes that come too late, or too often.
SELECT set_config('kernel.user_id', :'bert', true);
SET LOCAL ROLE tarot_app;
INSERT INTO pg_temp.asked SELECT 'late', r.request_id, r.code FROM kernel.request_access('fz152') AS r;
INSERT INTO pg_temp.asked SELECT 'guessed', r.request_id, r.code FROM kernel.request_rectification() AS r;
RESET ROLE;
UPDATE kernel.subject_request SET code_expires_at = now() - interval '1 second' WHERE kind = 'access';
SET LOCAL ROLE tarot_app;
SELECT is(
    kernel.verify_request(a.id, a.code), 'rejected', '[A-F11] a code that is too old is rejected as well'
)
FROM pg_temp.asked AS a WHERE a.name = 'late';
SELECT is(kernel.verify_request(a.id, 'wrong'), 'rejected', format('[A-F11] wrong code %s', n))
FROM pg_temp.asked AS a, generate_series(1, 5) AS n WHERE a.name = 'guessed';
SELECT is(
    kernel.verify_request(a.id, a.code), 'rejected', '[A-F11] after five wrong codes the right one is too late'
)
FROM pg_temp.asked AS a WHERE a.name = 'guessed';
SELECT results_eq(
    $$SELECT m.state, m.refusal_reason FROM kernel.my_requests() AS m WHERE m.kind = 'rectification'$$,
    $$VALUES ('refused', 'too many wrong codes')$$,
    'the request is refused, and the person sees why'
);
SELECT isnt(
    (SELECT r.request_id FROM kernel.request_rectification() AS r),
    (SELECT a.id FROM pg_temp.asked AS a WHERE a.name = 'guessed'),
    'who asks after that begins anew'
);
RESET ROLE;
SELECT is(kernel.tend_requests(), 1::bigint, 'a job refuses what was not confirmed in time');
SELECT results_eq(
    $$SELECT s.state, s.state_reason FROM pg_temp.states AS s WHERE s.kind = 'access'$$,
    $$VALUES ('refused', 'not confirmed in time')$$,
    'and says why'
);
SELECT is(kernel.tend_requests(), 0::bigint, 'once');
INSERT INTO kernel.request_policy (app, max_attempts, code_lifetime) VALUES ('tarot', 1, '1 hour');
SET LOCAL ROLE tarot_app;
INSERT INTO pg_temp.asked SELECT 'strict', r.request_id, r.code FROM kernel.request_access() AS r;
SELECT is(kernel.verify_request(a.id, 'wrong'), 'rejected', 'an app may allow fewer attempts')
FROM pg_temp.asked AS a WHERE a.name = 'strict';
RESET ROLE;
SELECT results_eq(
    $$SELECT s.state FROM pg_temp.states AS s JOIN pg_temp.asked AS a USING (id) WHERE a.name = 'strict'$$,
    $$VALUES ('refused')$$, 'and means it'
);

-- Who may ask.
SET LOCAL ROLE tarot_app;
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok('SELECT kernel.request_erasure()', 'KR001', NULL, 'nobody asks for nothing');
SELECT throws_ok('SELECT kernel.my_requests()', 'KR001', NULL, 'and sees nothing');
SELECT throws_ok($$SELECT kernel.verify_request(NULL, '')$$, 'KR001', NULL, 'and confirms nothing');
SELECT set_config('kernel.user_id', :'anna', true);
SELECT throws_ok($$SELECT kernel.request_erasure('no law')$$, 'KR092', NULL, 'terms that there are not');
SELECT throws_ok('SELECT kernel.request_erasure(NULL)', 'KR092', NULL, 'or none');
SELECT set_config('kernel.user_id', 'forty-two', true);
SELECT throws_ok('SELECT kernel.request_erasure()', 'KR041', NULL, 'an id that can''t be one');
SELECT set_config('kernel.user_id', :'anna', true);
SELECT set_config('kernel.app', 'kernel', true);
SELECT throws_ok('SELECT kernel.request_erasure()', '42501', NULL, 'in the name of no other app');
SELECT set_config('kernel.app', '', true);
SELECT throws_ok('SELECT kernel.request_erasure()', 'KR001', NULL, 'nor of none');
SELECT set_config('kernel.app', 'tarot', true);
SELECT throws_ok(call.text, '42501', NULL, format('an app''s role: %s', call.text))
FROM (
    VALUES
        ('SELECT FROM kernel.subject_request'), ('DELETE FROM kernel.subject_request'),
        ('SELECT FROM kernel.subject_request_event'), ('SELECT FROM kernel.request_policy'),
        ($$UPDATE kernel.subject_request SET state = 'approved'$$),
        ('INSERT INTO kernel.subject_request DEFAULT VALUES'),
        ($$SELECT kernel.open_request('tarot', '1', 'erasure')$$),
        ('SELECT kernel.approve_request(NULL)'), ($$SELECT kernel.refuse_request(NULL, 'x')$$),
        ($$SELECT kernel.extend_request(NULL, 'x')$$), ('SELECT kernel.answer_request(NULL)'),
        ('SELECT kernel.tend_requests()'), ($$SELECT kernel.join_request('erasure', 'gdpr')$$),
        ('SELECT kernel.new_request_code()'), ($$SELECT kernel.hash_request_code('', '')$$)
) AS call (text);
SET LOCAL ROLE tarot_analyst;
SELECT throws_ok('SELECT kernel.request_erasure()', '42501', NULL, 'an analyst asks for nobody');
SET LOCAL ROLE tarot_worker;
SELECT lives_ok('SELECT kernel.request_access()', 'a trusted job asks for whom it acts');
RESET ROLE;

-- What the definer may do, should a function of his be wrong.
SELECT set_config('role', 'strongroom_definer', true);
SELECT throws_ok(call.text, call.code, NULL, format('the definer: %s', call.text))
FROM (
    VALUES
        ($$UPDATE kernel.subject_request SET state = 'approved' WHERE state = 'requested'$$, 'KR090'),
        ($$UPDATE kernel.subject_request SET app = 'other'$$, '42501'),
        ($$UPDATE kernel.subject_request SET subject = '1'$$, '42501'),
        ($$INSERT INTO kernel.subject_request (app, subject, kind, regime, origin, state, requested_by, due_at)
            VALUES ('tarot', '1', 'erasure', 'gdpr', 'replay', 'approved', 'x', now())$$, '42501'),
        ('DELETE FROM kernel.subject_request', '42501'),
        ('SELECT FROM kernel.subject_request_event', '42501')
) AS call (text, code);
RESET ROLE;

-- Staff.
SET LOCAL ROLE strongroom_runner;
SELECT set_config('kernel.actor', 'carla', true);
INSERT INTO pg_temp.asked (name, id)
SELECT 'letter', kernel.open_request('tarot', ' 00777 ', 'erasure', 'fz152');
SELECT results_eq(
    $$SELECT r.subject, r.state, r.origin, r.requested_by, r.verified_at = now()
    FROM kernel.subject_request AS r JOIN pg_temp.asked AS a USING (id) WHERE a.name = 'letter'$$,
    $$VALUES ('777', 'verified', 'staff', 'carla', true)$$,
    'staff opens a request for somebody who wrote a letter'
);
SELECT is(
    kernel.open_request('tarot', '777', 'erasure'),
    (SELECT a.id FROM pg_temp.asked AS a WHERE a.name = 'letter'), 'once'
);
SELECT is(
    kernel.open_request('tarot', '777', 'erasure', 'gdpr', 'retention'),
    (SELECT a.id FROM pg_temp.asked AS a WHERE a.name = 'letter'),
    '[A-F8] a second run of retention joins the case that is open'
);
SELECT throws_ok(
    format('SELECT kernel.open_request(%s)', call.arguments), call.code, NULL, call.why
)
FROM (
    VALUES
        ($$'nowhere', '1', 'erasure'$$, 'KR041', 'an app that there is not'),
        ($$'tarot', 'x', 'erasure'$$, 'KR041', 'an id that can''t be one'),
        ($$'tarot', NULL, 'erasure'$$, 'KR041', 'nobody'),
        ($$'tarot', '1', 'revenge'$$, 'KR092', 'a kind that there is not'),
        ($$'tarot', '1', NULL$$, 'KR092', 'no kind'),
        ($$'tarot', '1', 'erasure', 'none'$$, 'KR092', 'terms that there are not'),
        ($$'tarot', '1', 'erasure', 'gdpr', 'person'$$, 'KR092', 'the person, who has functions of their own'),
        ($$'tarot', '1', 'access', 'gdpr', 'replay'$$, 'KR092', 'a replay of what is no erasure')
) AS call (arguments, code, why);
SELECT throws_ok(format('SELECT kernel.%s', call.text), 'KR091', NULL, format('nobody''s: %s', call.text))
FROM (
    VALUES
        ('approve_request(gen_random_uuid())'), ($$refuse_request(gen_random_uuid(), 'x')$$),
        ($$extend_request(gen_random_uuid(), 'x')$$), ('answer_request(gen_random_uuid())'),
        ('approve_request(NULL)')
) AS call (text);

-- Four eyes.
RESET ROLE;
UPDATE kernel.request_policy SET four_eyes = true;
SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(
    format('SELECT kernel.approve_request(%L)', a.id), 'KR093', NULL, 'nobody approves what they opened'
)
FROM pg_temp.asked AS a WHERE a.name = 'letter';
SELECT set_config('kernel.actor', 'dora', true);
SELECT lives_ok(format('SELECT kernel.approve_request(%L)', a.id), 'somebody else does')
FROM pg_temp.asked AS a WHERE a.name = 'letter';
SELECT lives_ok(format('SELECT kernel.approve_request(%L)', a.id), 'who asked for themselves is no staff')
FROM pg_temp.asked AS a WHERE a.name = 'first';
SELECT results_eq(
    $$SELECT r.state, r.approved_by FROM kernel.subject_request AS r
    JOIN pg_temp.asked AS a USING (id) WHERE a.name = 'letter'$$,
    $$VALUES ('approved', 'dora')$$,
    'and it is kept who'
);

-- Terms.
SELECT throws_ok(
    format('SELECT kernel.extend_request(%L, %L)', a.id, reason), 'KR092', NULL, 'no extension without a reason'
)
FROM pg_temp.asked AS a, (VALUES (''), (' '), (repeat('x', 2001))) AS r (reason) WHERE a.name = 'first';
SELECT is(
    kernel.extend_request(a.id, 'many tables'), now() + interval '3 months', 'two months more, with a reason'
)
FROM pg_temp.asked AS a WHERE a.name = 'first';
SELECT throws_ok(
    format('SELECT kernel.extend_request(%L, %L)', a.id, 'more'), 'KR094', NULL, 'once'
)
FROM pg_temp.asked AS a WHERE a.name = 'first';
SELECT is(
    (SELECT r.due_at FROM kernel.subject_request AS r JOIN pg_temp.asked AS a USING (id) WHERE a.name = 'first'),
    now() + interval '1 month', 'the first term stays known'
);
SELECT throws_ok(
    $$SELECT kernel.extend_request(kernel.open_request('tarot', '778', 'rectification', 'fz152'), 'x')$$,
    'KR094', NULL, 'the law 152 gives no more time for a correction'
);
RESET ROLE;
INSERT INTO kernel.calendar_day VALUES ('2026-02-23', false), ('2026-02-28', true);
SELECT is(kernel.request_due('fz152', call.kind, call.at, call.longer), call.due, call.why)
FROM (
    VALUES
        ('erasure', '2026-02-20 12:00+03'::timestamptz, false, '2026-03-07 00:00+03'::timestamptz,
            'ten working days after a Friday, over a holiday and a worked Saturday'),
        ('erasure', '2026-02-20 23:59+03', false, '2026-03-07 00:00+03', 'whenever on that day'),
        ('erasure', '2026-02-20 21:30+00', false, '2026-03-07 00:00+03', 'by the day in Moscow'),
        ('erasure', '2026-03-02 12:00+03', true, '2026-03-24 00:00+03', 'fifteen with a reason'),
        ('rectification', '2026-03-02 12:00+03', true, '2026-03-12 00:00+03', 'seven for a correction')
) AS call (kind, at, longer, due, why);
SELECT is(
    kernel.request_due('gdpr', 'erasure', '2026-01-31 12:00+00', call.longer), call.due::timestamptz, call.why
)
FROM (
    VALUES
        (false, '2026-02-28 12:00+00', 'a month from the end of January ends with February'),
        (true, '2026-04-30 12:00+00', 'three months')
) AS call (longer, due, why);

SELECT * FROM finish();
ROLLBACK;
