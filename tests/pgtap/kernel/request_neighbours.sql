-- Requests side by side: of two apps, of two kinds and of two people. What is done to one is done to no other.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(56);

CREATE TEMPORARY TABLE asked (name text PRIMARY KEY, id uuid, code text);
GRANT ALL ON asked TO PUBLIC;
CREATE FUNCTION pg_temp.acts_for(p_app text, p_person text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_person, true),
        set_config('role', p_app || '_app', true);
END;
$$;
CREATE FUNCTION pg_temp.asks(p_name text, p_app text, p_person text, p_kind text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_asked record;
BEGIN
    PERFORM pg_temp.acts_for(p_app, p_person);
    EXECUTE format('SELECT * FROM kernel.request_%s()', p_kind) INTO v_asked;
    PERFORM set_config('role', 'none', true);
    INSERT INTO pg_temp.asked VALUES (p_name, v_asked.request_id, v_asked.code)
    ON CONFLICT (name) DO UPDATE SET id = excluded.id, code = excluded.code;
    RETURN v_asked.request_id;
END;
$$;
CREATE FUNCTION pg_temp.confirms(p_app text, p_person text, p_name text, p_code text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    v_answer text;
BEGIN
    PERFORM pg_temp.acts_for(p_app, p_person);
    v_answer := (SELECT kernel.verify_request(a.id, coalesce(p_code, a.code)) FROM pg_temp.asked AS a WHERE a.name = p_name);
    PERFORM set_config('role', 'none', true);
    RETURN v_answer;
END;
$$;
-- All of them, but for the ones that something was done to.
CREATE FUNCTION pg_temp.others(VARIADIC p_names text[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(a.name, to_jsonb(r)) FROM pg_temp.asked AS a JOIN kernel.subject_request AS r USING (id)
    WHERE a.name <> ALL (p_names)
$$;
CREATE FUNCTION pg_temp.state(p_name text) RETURNS text LANGUAGE sql AS $$
    SELECT r.state FROM pg_temp.asked AS a JOIN kernel.subject_request AS r USING (id) WHERE a.name = p_name
$$;
CREATE FUNCTION pg_temp.id(p_name text) RETURNS uuid LANGUAGE sql AS 'SELECT id FROM pg_temp.asked WHERE name = p_name';

-- What one app demands is not what another does.
INSERT INTO kernel.request_policy (app, max_attempts, code_lifetime, four_eyes)
VALUES ('persona', 1, '1 minute', true), ('tarot', 5, '1 day', false);
SELECT pg_temp.asks('erasure', 'tarot', '7', 'erasure'), pg_temp.asks('access', 'tarot', '7', 'access'),
    pg_temp.asks('other', 'tarot', '8', 'erasure'), pg_temp.asks('elsewhere', 'persona', '7', 'erasure');
SELECT is(
    (SELECT r.code_expires_at FROM kernel.subject_request AS r WHERE r.id = pg_temp.id(a.name)), now() + a.lifetime,
    format('the code of %s lives as long as its app says', a.name)
)
FROM (VALUES ('erasure', interval '1 day'), ('elsewhere', '1 minute')) AS a (name, lifetime);
SELECT set_config('test.others', pg_temp.others('erasure')::text, true);

-- A code, once more.
CREATE TEMPORARY TABLE first AS SELECT a.code FROM pg_temp.asked AS a WHERE a.name = 'erasure';
SELECT is(pg_temp.asks('erasure', 'tarot', '7', 'erasure'), pg_temp.id('erasure'), 'who asks again joins that one');
SELECT is(pg_temp.others('erasure'), current_setting('test.others')::jsonb, 'the codes of the others stay');
SELECT is(pg_temp.confirms('tarot', '7', 'erasure', 'wrong'), 'rejected', 'one wrong code is no end here');
SELECT is(pg_temp.state('erasure'), 'requested', 'for this app allows five');
SELECT is(pg_temp.confirms('persona', '7', 'erasure'), 'rejected', 'the same id in another app is somebody else');
SELECT is(pg_temp.confirms('tarot', '8', 'erasure'), 'rejected', 'and so is another id in this one');
SELECT is(pg_temp.confirms('tarot', '7', 'erasure'), 'verified', 'the right code of the right person');
SELECT is(pg_temp.others('erasure'), current_setting('test.others')::jsonb, 'to all of this the others stay as they were');
SELECT is(pg_temp.confirms('tarot', '7', 'erasure', 'wrong'), 'rejected', format('what is confirmed takes no code: %s', n))
FROM generate_series(1, 5) AS n;
SELECT is(
    (SELECT r.state || r.attempts FROM kernel.subject_request AS r WHERE r.id = pg_temp.id('erasure')), 'verified1',
    'and does not end by wrong ones'
);
SELECT is(pg_temp.confirms('persona', '7', 'elsewhere', 'wrong'), 'rejected', 'where one is allowed');
SELECT is(pg_temp.state('elsewhere'), 'refused', 'one is the end');
SELECT pg_temp.asks('renewed', 'persona', '7', 'erasure');
SELECT isnt(pg_temp.id('renewed'), pg_temp.id('elsewhere'), 'and the next is another request');
SELECT pg_temp.acts_for('tarot', '7');
SELECT results_eq(
    'SELECT m.kind, m.state FROM kernel.my_requests() AS m ORDER BY 1', $$VALUES ('access', 'requested'), ('erasure', 'verified')$$,
    'a person sees those of this app'
);
SELECT is((SELECT m.due_at FROM kernel.my_requests() AS m WHERE m.kind = 'access'), now() + interval '1 month', 'and their terms');
RESET ROLE;

-- Staff.
SELECT set_config('kernel.actor', 'olga', true);
SELECT set_config('test.others', pg_temp.others('access')::text, true);
SELECT is(kernel.open_request('tarot', '7', 'access'), pg_temp.id('access'), 'staff joins what is open of the kind');
SELECT is(pg_temp.state('access'), 'verified', 'and knows who asked');
SELECT is(pg_temp.others('access'), current_setting('test.others')::jsonb, 'of that one');
SELECT is(kernel.open_request('tarot', '7', 'erasure', 'gdpr', 'replay'), pg_temp.id('erasure'), 'a replay joins too');
SELECT is(pg_temp.state('erasure'), 'approved', 'and approves');
SELECT is(pg_temp.state('other') || pg_temp.state('renewed') || pg_temp.state('access'), 'requestedrequestedverified', 'that one');
UPDATE kernel.subject_request SET state = 'running' WHERE id = pg_temp.id('erasure');
SELECT lives_ok($$SELECT kernel.open_request('tarot', '7', 'erasure', 'gdpr', 'replay')$$, 'what runs goes on');
SELECT is(kernel.open_request('tarot', '8', 'erasure', 'gdpr', 'replay'), pg_temp.id('other'), 'one that nobody confirmed');
SELECT is(pg_temp.state('other'), 'approved', 'is approved as well');
INSERT INTO pg_temp.asked SELECT 'letter', kernel.open_request('tarot', '9', 'erasure');
SELECT kernel.refuse_request(pg_temp.id('letter'), 'not them');
INSERT INTO pg_temp.asked SELECT 'next', kernel.open_request('tarot', '9', 'erasure');
SELECT isnt(pg_temp.id('next'), pg_temp.id('letter'), 'what has ended is not joined');
SELECT throws_ok(format('SELECT kernel.open_request(%s)', a), 'KR092', NULL, format('no request: %s', a))
FROM (
    VALUES ($$'tarot', '9', 'erasure', NULL$$), ($$'tarot', '9', 'erasure', 'gdpr', NULL$$)
) AS call (a);
SELECT lives_ok(
    format('SELECT kernel.approve_request(%L)', pg_temp.id('next')), 'who opened it approves it, where four eyes are not asked for'
);
SELECT lives_ok(
    format('SELECT kernel.extend_request(%L, %L)', pg_temp.id('next'), 'many tables'), 'its term is extended'
);
SELECT lives_ok(
    format('SELECT kernel.refuse_request(%L, %L)', pg_temp.id('next'), 'by mistake'), 'and it takes its steps as before'
);
SELECT throws_ok(
    format('SELECT kernel.refuse_request(%L, %L)', pg_temp.id('access'), reason), 'KR092', NULL, 'nothing is refused without a reason'
)
FROM (VALUES (''), (' '), (NULL), (repeat('x', 2001))) AS r (reason);
SELECT throws_ok(
    format('UPDATE kernel.subject_request SET subject = NULL, attempts = 7 WHERE id = %L', pg_temp.id('next')), 'KR090',
    NULL, 'who is forgotten is, and nothing else of what has ended'
);
INSERT INTO pg_temp.asked SELECT 'held', kernel.open_request('tarot', '10', 'erasure', 'gdpr', 'replay');
SELECT throws_ok(
    format('SELECT kernel.answer_request(%L)', pg_temp.id('held')), 'KR090', NULL, 'an approved erasure is not answered'
);

-- Whoever asks, or writes, once more.
SELECT kernel.open_request('persona', '7', 'erasure');
SELECT is(kernel.open_request(call.app, call.person, call.kind), pg_temp.id(call.name), format('%s is joined by who writes', call.name))
FROM (
    VALUES
        ('tarot', '7', 'erasure', 'erasure'), ('tarot', '7', 'access', 'access'), ('tarot', '8', 'erasure', 'other'),
        ('persona', '7', 'erasure', 'renewed')
) AS call (app, person, kind, name);
SELECT is(pg_temp.asks('again', call.app, call.person, call.kind), pg_temp.id(call.name), format('%s by who asks', call.name))
FROM (
    VALUES
        ('tarot', '7', 'erasure', 'erasure'), ('tarot', '7', 'access', 'access'), ('tarot', '8', 'erasure', 'other'),
        ('persona', '7', 'erasure', 'renewed')
) AS call (app, person, kind, name);

-- What a hold is over for goes on as it was agreed to.
SET LOCAL session_replication_role = replica;
UPDATE kernel.subject_request SET approved_at = now() - interval '1 day', state_at = now() - interval '1 day'
WHERE id = pg_temp.id('held');
SET LOCAL session_replication_role = origin;
SELECT kernel.extend_request(pg_temp.id('held'), 'many tables');
SELECT is(
    (SELECT r.state_at FROM kernel.subject_request AS r WHERE r.id = pg_temp.id('held')), now() - interval '1 day',
    'a longer term is no step'
);
UPDATE kernel.subject_request SET state = 'held', state_reason = 'case' WHERE id = pg_temp.id('held');
SELECT throws_ok(
    format($$UPDATE kernel.subject_request SET state = 'approved', approved_by = 'x' WHERE id = %L$$, pg_temp.id('held')), 'KR090',
    NULL, 'nobody agrees anew'
);
UPDATE kernel.subject_request SET state = 'approved' WHERE id = pg_temp.id('held');
SELECT is(
    (SELECT r.approved_at FROM kernel.subject_request AS r WHERE r.id = pg_temp.id('held')), now() - interval '1 day',
    'so it was agreed to when it was'
);

-- The job, where an app has gone, and where an erasure is not over.
SELECT kernel.note_erased('tarot', '7', NULL);
INSERT INTO kernel.erased_subject VALUES ('dropped', sha256('1'), now());
SELECT lives_ok('SELECT kernel.tend_requests()', 'an app that was dropped stops no job');
SELECT is_empty(
    $$SELECT FROM pg_trigger AS t WHERE t.tgname = 't05_refuse_erased' AND t.tgrelid::regclass::text LIKE 'tarot.%'$$,
    'and an erasure that runs hangs no triggers'
);
SELECT kernel.note_erased('tarot', '7', now());
SELECT pg_temp.acts_for('tarot', '7');
SELECT throws_ok('SELECT kernel.request_access()', 'KR104', NULL, 'who was erased asks for nothing');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
