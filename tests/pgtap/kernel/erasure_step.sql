BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.users (id bigint PRIMARY KEY, name text, erased_at timestamptz);
CREATE TABLE probe.notes (
    user_id bigint REFERENCES probe.users (id), id bigint, body text, PRIMARY KEY (user_id, id)
);
CREATE TABLE probe.marks (
    user_id bigint, id bigint, note bigint NOT NULL, PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, note) REFERENCES probe.notes (user_id, id)
);
CREATE TABLE probe.bills (user_id bigint, id bigint, amount integer, note text, PRIMARY KEY (user_id, id));
-- Each refers to the other.
CREATE TABLE probe.groups (user_id bigint, id bigint, first bigint, words text, PRIMARY KEY (user_id, id));
CREATE TABLE probe.members (
    user_id bigint, id bigint, "gr;oup" bigint NOT NULL, words text, PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, "gr;oup") REFERENCES probe.groups (user_id, id)
);
ALTER TABLE probe.groups ADD FOREIGN KEY (user_id, first) REFERENCES probe.members (user_id, id);
COMMENT ON COLUMN probe.users.id IS E'x\n@internal\n@subject';
COMMENT ON COLUMN probe.users.name IS E'x\n@personal identifier\n@erase null';
COMMENT ON COLUMN probe.users.erased_at IS E'x\n@internal';
COMMENT ON COLUMN probe.notes.user_id IS E'x\n@internal';
COMMENT ON COLUMN probe.notes.id IS E'x\n@internal';
COMMENT ON COLUMN probe.notes.body IS E'x\n@personal content\n@erase delete';
COMMENT ON COLUMN probe.marks.user_id IS E'x\n@internal';
COMMENT ON COLUMN probe.marks.id IS E'x\n@internal';
COMMENT ON COLUMN probe.marks.note IS E'x\n@internal';
COMMENT ON COLUMN probe.bills.user_id IS E'x\n@internal';
COMMENT ON COLUMN probe.bills.id IS E'x\n@internal';
COMMENT ON COLUMN probe.bills.amount IS E'x\n@personal payment\n@erase keep the tax office wants it';
COMMENT ON COLUMN probe.bills.note IS E'x\n@personal content\n@erase mask ''none''';
COMMENT ON COLUMN probe.groups.user_id IS E'x\n@internal';
COMMENT ON COLUMN probe.groups.id IS E'x\n@internal';
COMMENT ON COLUMN probe.groups.first IS E'x\n@internal';
COMMENT ON COLUMN probe.groups.words IS E'x\n@personal content\n@erase delete';
COMMENT ON COLUMN probe.members.user_id IS E'x\n@internal';
COMMENT ON COLUMN probe.members.id IS E'x\n@internal';
COMMENT ON COLUMN probe.members."gr;oup" IS E'x\n@internal';
COMMENT ON COLUMN probe.members.words IS E'x\n@personal content\n@erase delete';
INSERT INTO probe.users SELECT p, 'name of ' || p FROM generate_series(1, 3) AS p;
INSERT INTO probe.notes SELECT p, n, 'words' FROM generate_series(1, 3) AS p, generate_series(1, 4) AS n;
INSERT INTO probe.marks SELECT p, n, n FROM generate_series(1, 3) AS p, generate_series(1, 4) AS n;
INSERT INTO probe.bills SELECT p, n, n, 'note' FROM generate_series(1, 3) AS p, generate_series(1, 2) AS n;
INSERT INTO probe.groups SELECT p, 1 FROM generate_series(1, 3) AS p;
INSERT INTO probe.members SELECT p, 1, 1 FROM generate_series(1, 3) AS p;
UPDATE probe.groups SET first = 1;
RESET ROLE;

-- The plan.
SELECT set_eq(
    $$SELECT format('%s: %s %s, keeps %s %s%s', p.relation, p.action, p.columns, p.kept_columns, p.reasons, p.problem)
        COLLATE "default"
    FROM kernel.erasure_plan('probe') AS p$$,
    ARRAY[
        'probe.bills: change {note}, keeps {amount} {"the tax office wants it"}',
        'probe.groups: delete {words}, keeps {} {}',
        'probe.marks: delete {}, keeps {} {}',
        'probe.members: delete {words}, keeps {} {}',
        'probe.notes: delete {body}, keeps {} {}',
        'probe.users: change {name}, keeps {} {}'
    ],
    'the tags say what becomes of each table; what refers to rows that go goes as well'
);
SELECT ok(
    (SELECT p.position FROM kernel.erasure_plan('probe') AS p WHERE p.relation = 'probe.marks'::regclass)
    < (SELECT p.position FROM kernel.erasure_plan('probe') AS p WHERE p.relation = 'probe.notes'::regclass),
    'children first'
);
SELECT results_eq(
    $$SELECT p.relation, p.action, p.row_count, p.held_count FROM kernel.preview_erasure('probe', ' 02 ') AS p
    ORDER BY p.relation$$,
    $$VALUES
        ('probe.bills', 'change', 2::bigint, 0::bigint), ('probe.groups', 'delete', 1, 0),
        ('probe.marks', 'delete', 4, 0), ('probe.members', 'delete', 1, 0),
        ('probe.notes', 'delete', 4, 0), ('probe.users', 'change', 1, 0)$$,
    'a preview counts'
);
CREATE FUNCTION pg_temp.problem(p_change text, p_relation text, p_back text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v_problem text;
BEGIN
    EXECUTE p_change;
    SELECT p.problem INTO v_problem FROM kernel.erasure_plan('probe') AS p WHERE p.relation = p_relation::regclass;
    EXECUTE p_back;
    RETURN v_problem;
END;
$$;
SELECT is(pg_temp.problem(call.change, call.relation, call.back), call.problem, call.problem)
FROM (
    VALUES
        ($$COMMENT ON COLUMN probe.notes.body IS 'x'$$, 'probe.notes',
            $$COMMENT ON COLUMN probe.notes.body IS E'x\n@personal content\n@erase delete'$$,
            'It is not said what erasure does to body.'),
        ($$COMMENT ON COLUMN probe.bills.note IS E'x\n@personal content\n@erase delete'$$, 'probe.bills',
            $$COMMENT ON COLUMN probe.bills.note IS E'x\n@personal content\n@erase mask ''none'''$$,
            'amount is to be kept, and note takes its row away.'),
        ('ALTER TABLE probe.users ALTER name SET NOT NULL', 'probe.users',
            'ALTER TABLE probe.users ALTER name DROP NOT NULL', 'name is to be emptied, and is NOT NULL.'),
        ('ALTER TABLE probe.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', 'probe.notes',
            'ALTER TABLE probe.notes DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY',
            'Its owner has no policy that shows every row.'),
        ('ALTER TABLE probe.bills ADD CONSTRAINT f FOREIGN KEY (user_id, id)'
            ' REFERENCES probe.notes (user_id, id) ON DELETE CASCADE', 'probe.bills',
            'ALTER TABLE probe.bills DROP CONSTRAINT f', 'Its rows would go with those of probe.notes.')
) AS call (change, relation, back, problem);

-- Step by step.
SET LOCAL ROLE strongroom_runner;
SELECT set_config('kernel.actor', 'anna', true);
SELECT set_config('test.request', kernel.open_request('probe', '2', 'erasure')::text, true) \gset
SELECT is(
    kernel.run_erasure_step(current_setting('test.request')::uuid), 0::bigint,
    'what nobody has approved is not begun'
);
SELECT throws_ok(
    format('SELECT kernel.finish_erasure(%L, sha256(%L), %L)', current_setting('test.request'), '', 'k'),
    'KR098', NULL, 'nor ended'
);
SELECT throws_ok(
    format('SELECT kernel.mark_vacuumed(%L)', current_setting('test.request')), 'KR098', NULL, 'nor vacuumed'
);
SELECT kernel.approve_request(current_setting('test.request')::uuid);
SELECT throws_ok(
    format('SELECT kernel.run_erasure_step(%L, %s)', current_setting('test.request'), n), 'KR092', NULL,
    format('a limit of %s is none', n)
)
FROM (VALUES ('0'), ('-1'), ('100001'), ('NULL')) AS n (n);
SELECT throws_ok(
    format('SELECT kernel.run_erasure_step(%L)', kernel.open_request('probe', '1', 'access')), 'KR092', NULL,
    'what is no erasure has no steps'
);
RESET ROLE;
CREATE FUNCTION pg_temp.run_to(p_kind text) RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_count integer := 0;
BEGIN
    LOOP
        EXIT WHEN (kernel.next_erasure_step(current_setting('test.request')::uuid)).kind = p_kind;
        EXIT WHEN kernel.run_erasure_step(current_setting('test.request')::uuid, 2) = 0;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;
SELECT cmp_ok(pg_temp.run_to('counters'), '>', 10, '[A-F26] rows go two at a time');
SELECT is_empty('SELECT FROM probe.notes WHERE user_id = 2', '[A-46] the notes are gone');
SELECT is_empty('SELECT FROM probe.marks WHERE user_id = 2', 'so is what refers to them');
SELECT is_empty('SELECT FROM probe.groups WHERE user_id = 2', 'and what refers to each other');
SELECT is_empty('SELECT FROM probe.members WHERE user_id = 2', 'both of it');
SELECT results_eq(
    'SELECT b.amount, b.note FROM probe.bills AS b WHERE b.user_id = 2 ORDER BY b.id',
    $$VALUES (1, 'none'), (2, 'none')$$, '[X-3] the figures that are kept by law stay'
);
SELECT results_eq(
    'SELECT u.name, u.erased_at FROM probe.users AS u WHERE u.id = 2',
    'SELECT NULL::text, now()', 'of the person a tombstone is left'
);
SELECT results_eq(
    $$SELECT (SELECT count(*) FROM probe.notes), (SELECT count(*) FROM probe.marks), (SELECT count(*) FROM probe.members),
        (SELECT count(*) FROM probe.bills WHERE note = 'note'), (SELECT count(*) FROM probe.users WHERE name IS NOT NULL)$$,
    'VALUES (8::bigint, 8::bigint, 2::bigint, 4::bigint, 2::bigint)',
    'of everybody else everything'
);
SELECT results_eq(
    $$SELECT d.relation_name, d.action, sum(d.row_count) FROM kernel.destruction_record AS d
    WHERE d.reason = 'erasure request ' || current_setting('test.request') GROUP BY 1, 2 ORDER BY 1$$,
    $$VALUES ('probe.bills', 'mask', 2::numeric), ('probe.groups', 'delete', 1), ('probe.marks', 'delete', 4),
        ('probe.members', 'delete', 1), ('probe.notes', 'delete', 4), ('probe.users', 'mask', 1)$$,
    'what went is in the records of destruction'
);
SELECT throws_ok(
    format('SELECT kernel.finish_erasure(%L, sha256(%L), %L)', current_setting('test.request'), '', 'k'),
    'KR098', NULL, 'nothing half done is called done'
);
SELECT throws_ok(
    $$UPDATE kernel.subject_request SET state = 'done', subject = NULL WHERE id = current_setting('test.request')::uuid$$,
    'KR098', NULL, 'by no hand either'
);
SELECT pg_temp.run_to('vacuum');
SELECT is_empty('SELECT FROM kernel.erasure_token', 'what was looked for is forgotten');
SELECT ok(
    'probe.notes'::regclass IN (SELECT kernel.erasure_vacuums(current_setting('test.request')::uuid)),
    'what was touched is to be vacuumed'
);
SELECT throws_ok(
    format('SELECT kernel.mark_vacuumed(%L)', current_setting('test.request')), 'KR098', NULL,
    'and nobody can say that it was who did not'
);
-- In a transaction there is no VACUUM.
UPDATE kernel.erasure_step SET state = 'done', finished_at = now() WHERE kind = 'vacuum';
INSERT INTO probe.notes VALUES (2, 9, 'late');
SELECT is(
    kernel.finish_erasure(current_setting('test.request')::uuid, sha256('p'), 'k'), false,
    'what was written meanwhile is found at the end'
);
SELECT results_eq(
    'SELECT DISTINCT s.state, s.round FROM kernel.erasure_step AS s', $$VALUES ('waiting', 2)$$,
    'and everything begins anew'
);
SELECT pg_temp.run_to('vacuum');
UPDATE kernel.erasure_step SET state = 'done', finished_at = now() WHERE kind = 'vacuum';
SELECT throws_ok(
    format('SELECT kernel.finish_erasure(%L, %L, %L)', current_setting('test.request'), '\x00', 'k'),
    '23514', NULL, 'a pseudonym has at least 16 bytes'
);
SELECT is(
    kernel.finish_erasure(current_setting('test.request')::uuid, sha256('p'), 'k'), true, 'then it is done'
);
SELECT results_eq(
    $$SELECT r.state, r.subject, r.ended_at = now() FROM kernel.subject_request AS r
    WHERE r.id = current_setting('test.request')::uuid$$,
    $$VALUES ('done', NULL::text, true)$$, '[A-F6] the request stays and forgets the person'
);
SELECT results_eq(
    $$SELECT e.app, e.pseudonym, e.key_id, e.keep_until, e.act ->> 'approved_by', e.act ->> 'subject'
    FROM kernel.erasure_evidence AS e$$,
    $$SELECT 'probe', sha256('p'), 'k', now() + interval '3 years', 'anna', encode(sha256('p'), 'hex')$$,
    '[S-F4] the evidence names the pseudonym'
);
SELECT set_eq(
    $$SELECT jsonb_object_keys(e.act) FROM kernel.erasure_evidence AS e$$,
    ARRAY[
        'version', 'form', 'operator', 'operator_address', 'system', 'subject', 'subject_key', 'categories',
        'method', 'reason', 'destroyed_at', 'carried_out_by', 'approved_by', 'requested_at', 'due_at',
        'tables', 'kept', 'kernel', 'consents', 'accepted_traces'
    ],
    'and has the fields of an act'
);
SELECT results_eq(
    'SELECT l.app, l.pseudonym, l.act::text FROM kernel.erasure_ledger AS l',
    $$SELECT 'probe', sha256('p'), current_setting('test.request')$$, 'the ledger of erasures has its entry'
);
SELECT throws_ok(text, 'KR040', NULL, format('[S-F4] %s', text))
FROM (
    VALUES
        ('DELETE FROM kernel.erasure_evidence'), ('TRUNCATE kernel.erasure_evidence'),
        ($$UPDATE kernel.erasure_evidence SET act = '{}'$$),
        ($$UPDATE kernel.erasure_evidence SET keep_until = now() - interval '1 day'$$)
) AS call (text);
SELECT throws_ok(
    $$INSERT INTO kernel.erasure_evidence (id, app, pseudonym, key_id, act, log, keep_until)
    VALUES (gen_random_uuid(), 'x', sha256('x'), 'k', '{}', '[]', now() + interval '2 years')$$,
    '23514', NULL, 'no evidence is kept for less than three years'
);
INSERT INTO kernel.erasure_evidence (id, app, pseudonym, key_id, finished_at, act, log, keep_until)
VALUES (gen_random_uuid(), 'x', sha256('x'), 'k', now() - interval '4 years', '{}', '[]', now() - interval '1 day');
SELECT is(kernel.tend_requests(), 1::bigint, 'evidence whose time is over is removed by the job');
SELECT is((SELECT count(*) FROM kernel.erasure_evidence), 1::bigint, 'no other');

-- What else the person had asked for is moot.
SELECT set_config('test.other', kernel.open_request('probe', '3', 'access')::text, true);
SELECT set_config('test.request', kernel.open_request('probe', '3', 'erasure')::text, true);
SELECT kernel.approve_request(current_setting('test.request')::uuid);
SELECT pg_temp.run_to('vacuum');
UPDATE kernel.erasure_step SET state = 'done', finished_at = now() WHERE kind = 'vacuum';
SELECT ok(kernel.finish_erasure(current_setting('test.request')::uuid, sha256('q'), 'k'), 'another one goes');
SELECT results_eq(
    $$SELECT r.state, r.state_reason, r.subject FROM kernel.subject_request AS r
    WHERE r.id = current_setting('test.other')::uuid$$,
    $$VALUES ('refused', 'the person was erased', NULL::text)$$, 'and what they asked besides is over'
);
SELECT is(
    (SELECT array_agg(r.subject) FROM kernel.subject_request AS r WHERE r.app = 'probe' AND r.subject <> '1'),
    NULL, 'no request knows whose it was'
);

-- Failures and traces.
SELECT set_config('test.request', kernel.open_request('probe', '1', 'erasure')::text, true);
SELECT kernel.approve_request(current_setting('test.request')::uuid);
SELECT throws_ok(
    format('SELECT kernel.fail_erasure(%L, %s)', current_setting('test.request'), call.arguments), 'KR092', NULL,
    format('no failure: %s', call.arguments)
)
FROM (VALUES ($$'23'$$), ('NULL'), ($$'a message'$$), ($$'23503', repeat('x', 301)$$)) AS call (arguments);
SELECT kernel.fail_erasure(current_setting('test.request')::uuid, '23503', 'probe.x.y');
SELECT results_eq(
    $$SELECT r.state, r.state_reason FROM kernel.subject_request AS r WHERE r.id = current_setting('test.request')::uuid$$,
    $$VALUES ('failed', 'SQLSTATE 23503 in step plan (probe.x.y)')$$, 'a failure is written down by its code'
);
SELECT is(
    kernel.run_erasure_step(current_setting('test.request')::uuid), 0::bigint, 'what failed does not go on by itself'
);
INSERT INTO kernel.erasure_trace (request_id, relation_name, column_name, row_count)
VALUES (current_setting('test.request')::uuid, 'probe.notes', 'body', 1);
SELECT throws_ok(
    format('SELECT kernel.accept_trace(%L, %L, %L, %L)', current_setting('test.request'), 'probe.notes', c, r),
    code, NULL, format('not accepted: %s, %s', c, r)
)
FROM (VALUES ('id', 'why', 'KR097'), ('body', '', 'KR092')) AS call (c, r, code);
SELECT lives_ok(
    format('SELECT kernel.accept_trace(%L, %L, %L, %L)', current_setting('test.request'), 'probe.notes', 'body', 'why'),
    'staff accepts what is somebody else''s'
);
SELECT throws_ok(
    format('SELECT kernel.accept_trace(%L, %L, %L, %L)', current_setting('test.request'), 'probe.notes', 'body', 'why'),
    'KR097', NULL, 'once'
);

-- Who may what.
SELECT throws_ok(call.text, '42501', NULL, format('%s: %s', r.role, call.text))
FROM unnest('{tarot_app,tarot_worker,tarot_analyst,strongroom_definer}'::name[]) AS r (role)
CROSS JOIN LATERAL (
    VALUES
        ('SELECT FROM kernel.erasure_step'), ('SELECT FROM kernel.erasure_token'),
        ('SELECT FROM kernel.erasure_trace'), ('SELECT FROM kernel.erasure_evidence'),
        ('DELETE FROM kernel.erasure_evidence'), ('SELECT kernel.run_erasure_step(NULL)'),
        ('SELECT kernel.finish_erasure(NULL, NULL, NULL)'), ($$SELECT kernel.preview_erasure('probe', '1')$$),
        ($$SELECT kernel.fail_erasure(NULL, '23503')$$), ('SELECT kernel.mark_vacuumed(NULL)'),
        ('SELECT kernel.erasure_vacuums(NULL)'), ('SELECT kernel.accept_trace(NULL, NULL, NULL, NULL)')
) AS call (text)
CROSS JOIN LATERAL (SELECT set_config('role', r.role, true)) AS s;
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(text, '42501', NULL, format('the runner: %s', text))
FROM (
    VALUES
        ('SELECT FROM kernel.erasure_token'), ('DELETE FROM kernel.erasure_evidence'),
        ('UPDATE kernel.erasure_step SET row_count = 0'), ('DELETE FROM kernel.subject_request'),
        ('SELECT code_hash FROM kernel.subject_request'), ('INSERT INTO kernel.erasure_evidence DEFAULT VALUES'),
        ($$SELECT kernel.forget_requests(NULL, 'probe', '1')$$)
) AS call (text);
SELECT lives_ok(text, format('the runner: %s', text))
FROM (
    VALUES ('SELECT * FROM kernel.erasure_step'), ('SELECT * FROM kernel.erasure_trace'),
        ('SELECT * FROM kernel.erasure_evidence')
) AS call (text);

SELECT * FROM finish();
ROLLBACK;
