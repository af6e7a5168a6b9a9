BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

-- Two apps with roles of their own.
CREATE ROLE probe_app;
CREATE ROLE probe_worker;
CREATE ROLE probe_analyst;
CREATE ROLE other_app;
GRANT strongroom_client TO probe_app, probe_worker, probe_analyst, other_app;
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
CREATE SCHEMA other AUTHORIZATION strongroom_owner;
CREATE SCHEMA "a""b;--" AUTHORIZATION strongroom_owner;
GRANT USAGE ON SCHEMA kernel TO probe_app, probe_worker, probe_analyst, other_app;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
COMMENT ON SCHEMA other IS E'An app.\n@app';
GRANT USAGE ON SCHEMA probe TO probe_app, probe_worker;
CREATE TABLE probe.people (
    user_id bigint PRIMARY KEY, born kernel.sealed, "na""me;--%1$s" kernel.sealed, mail bytea, at integer
);
COMMENT ON COLUMN probe.people.born IS E'Born.\n@personal birth\n@erase null\n@sealed date born birth';
COMMENT ON COLUMN probe.people."na""me;--%1$s" IS E'Name.\n@sealed text name names pad 64';
COMMENT ON COLUMN probe.people.mail IS E'Index of the name.\n@blind na"me;--%1$s mails';
CREATE TABLE probe.messages (
    id bigint PRIMARY KEY, sender bigint, receiver bigint, body kernel.sealed
);
COMMENT ON COLUMN probe.messages.sender IS E'Who.\n@subject';
COMMENT ON COLUMN probe.messages.receiver IS E'To whom.\n@subject';
COMMENT ON COLUMN probe.messages.body IS E'What.\n@sealed text body names';
CREATE TABLE probe.secrets (id text PRIMARY KEY, secret kernel.sealed);
COMMENT ON COLUMN probe.secrets.secret IS E'A secret.\n@sealed text secret names';
CREATE TABLE probe.alike (id bigint PRIMARY KEY, person numeric, body kernel.sealed);
COMMENT ON COLUMN probe.alike.person IS E'Who.\n@subject';
COMMENT ON COLUMN probe.alike.body IS E'What.\n@sealed text body names';
CREATE TABLE probe.loose (a kernel.sealed);
CREATE TABLE probe.untyped (user_id bigint PRIMARY KEY, a bytea);
COMMENT ON COLUMN probe.untyped.a IS E'Wrong.\n@sealed text a names';
CREATE TABLE probe.unnamed (user_id bigint PRIMARY KEY, a kernel.sealed);
COMMENT ON COLUMN probe.unnamed.a IS E'Wrong.\n@sealed text a Names!';
CREATE TABLE probe.keyless (user_id bigint, a kernel.sealed);
COMMENT ON COLUMN probe.keyless.a IS E'Wrong.\n@sealed text a names';
CREATE TABLE "a""b;--".people (user_id bigint PRIMARY KEY, a kernel.sealed);
COMMENT ON COLUMN "a""b;--".people.a IS E'Wrong.\n@sealed text a names';
RESET ROLE;

CREATE FUNCTION pg_temp.envelope(p_key bigint) RETURNS bytea LANGUAGE sql AS
$$ SELECT '\x01'::bytea || int8send(p_key) || decode(repeat('ab', 44), 'hex') $$;
CREATE FUNCTION pg_temp.index(p_version integer) RETURNS bytea LANGUAGE sql AS
$$ SELECT int2send(p_version::smallint) || decode(repeat('ab', 32), 'hex') $$;
CREATE FUNCTION pg_temp.key(p_app text, p_purpose text, p_subject text) RETURNS bigint LANGUAGE sql AS $$
    SELECT k.id FROM kernel.subject_key AS k
    WHERE k.app = p_app AND k.purpose = p_purpose AND k.subject IS NOT DISTINCT FROM p_subject
$$;

-- The shape of an envelope.
SELECT lives_ok(
    format('SELECT %L::kernel.sealed', pg_temp.envelope(7)), '[A-F23] an envelope has its shape'
);
SELECT is(kernel.sealed_key_id(pg_temp.envelope(9223372036854775807)), 9223372036854775807, 'and the number of its key');
SELECT throws_ok($$SELECT '\x'::bytea::kernel.sealed$$, '23514', NULL, '[A-F23] nothing is no envelope');
SELECT throws_ok(
    format('SELECT %L::kernel.sealed', substring(pg_temp.envelope(7) FOR 37)), '23514', NULL,
    '[A-F23] one that is cut short is none'
);
SELECT throws_ok(
    format('SELECT %L::kernel.sealed', set_byte(pg_temp.envelope(7), 0, 2)), '23514', NULL,
    '[A-F23] one of another version is none'
);
SELECT lives_ok('SELECT NULL::kernel.sealed', 'there may be none');

-- Tags, and what can't be guarded.
SELECT results_eq(
    'SELECT s.column_name::text COLLATE "default", s.kind, s.type_name, s.label, s.purpose, s.padding'
    ' FROM kernel.sealed_columns(''probe.people'') AS s',
    $$VALUES
        ('born', 'seal', 'date', 'born', 'birth', 16),
        ('mail', 'index', NULL, 'name', 'mails', NULL),
        ('na"me;--%1$s', 'seal', 'text', 'name', 'names', 64)$$,
    'tags say how columns are sealed'
);
SELECT throws_ok(format('SELECT kernel.guard_sealed(%L)', t.name), 'KR084', NULL, t.name || ' is not guarded')
FROM unnest(ARRAY['probe.loose', 'probe.untyped', 'probe.unnamed', 'probe.keyless', '"a""b;--".people'])
    AS t (name);
SET LOCAL ROLE strongroom_owner;
SELECT lives_ok(format('SELECT kernel.guard_sealed(%L)', t.name), t.name || ' is guarded')
FROM unnest(ARRAY['probe.people', 'probe.messages', 'probe.secrets', 'probe.alike']) AS t (name);
SELECT lives_ok($$SELECT kernel.guard_sealed('probe.people')$$, 'and again');
GRANT SELECT, INSERT, UPDATE ON probe.people, probe.messages, probe.secrets TO probe_app, probe_worker;
RESET ROLE;

-- Master keys.
SET LOCAL ROLE strongroom_runner;
SELECT lives_ok(
    format('SELECT kernel.register_encryption_key(%L, %L, %L)', k.id, k.kind, substring(sha256(k.id::bytea) FOR 16)),
    '[X-4] the register takes ' || k.id
)
FROM (
    VALUES ('probe.birth.1', 'seal'), ('probe.names.1', 'seal'), ('probe.mails.1', 'index'),
        ('probe.mails.2', 'index'), ('other.names.1', 'seal')
) AS k (id, kind);
SELECT results_eq(
    $$SELECT e.version, e.state FROM kernel.encryption_key AS e WHERE e.purpose = 'mails' ORDER BY 1$$,
    $$VALUES (1, 'active'), (2, 'coming')$$,
    'a newer index key is only looked up by at first'
);
SELECT is(kernel.activate_encryption_key('probe.mails.2'), true, 'until it is made the active one');
SELECT is(kernel.activate_encryption_key('probe.mails.2'), false, 'once');
SELECT throws_ok(format('SELECT kernel.activate_encryption_key(%L)', k.id), 'KR086', NULL, k.why)
FROM (VALUES ('probe.mails.1', 'one that is retiring is over'), ('probe.mails.9', 'as is one that is not there'))
    AS k (id, why);
SELECT results_eq(
    $$SELECT e.version, e.state FROM kernel.encryption_key AS e WHERE e.purpose = 'mails' ORDER BY 1$$,
    $$VALUES (1, 'retiring'), (2, 'active')$$,
    '[A-41] a newer key takes the place of the one before'
);
SELECT is(
    kernel.register_encryption_key('probe.names.1', 'seal', substring(sha256('probe.names.1') FOR 16)),
    false, 'said twice is said once'
);
SELECT throws_ok(
    format('SELECT kernel.register_encryption_key(%L, %L, %L)', k.id, k.kind, k.print), 'KR086', NULL, k.why
)
FROM (
    VALUES
        ('probe.names.1', 'seal', '\x00112233445566778899aabbccddeeff'::bytea, 'another key of a known name'),
        ('probe.names.1', 'index', substring(sha256('probe.names.1') FOR 16), 'another kind of a known name'),
        ('probe.names.2', 'index', substring(sha256('x') FOR 16), 'another kind within a purpose'),
        ('probe.mails.1', 'index', substring(sha256('probe.mails.1') FOR 16), 'a key that is retiring'),
        ('nobody.names.1', 'seal', substring(sha256('x') FOR 16), 'a key of no app'),
        ('probe.names', 'seal', substring(sha256('x') FOR 16), 'a name without version'),
        ('probe.names.01', 'seal', substring(sha256('x') FOR 16), 'a version that is written otherwise')
) AS k (id, kind, print, why);
SELECT throws_ok(
    $$SELECT kernel.register_encryption_key('probe.No.1', 'seal', '\x00112233445566778899aabbccddeeff')$$,
    '23514', NULL, 'a purpose that is no plain word'
);
SELECT throws_ok('SELECT count(*) FROM kernel.subject_key', '42501', NULL, 'the runner reads no data key');
RESET ROLE;

-- Who may have which data key.
CREATE FUNCTION pg_temp.act(p_role text, p_app text, p_user text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_user, true),
        set_config('role', p_role, true)
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgtap TO PUBLIC;
SELECT pg_temp.act('probe_app', 'probe', '1');
SELECT results_eq(
    $$SELECT c.id, c.encryption_key_id, c.wrapped FROM kernel.claim_data_key('birth', '1') AS c$$,
    $$VALUES (NULL::bigint, 'probe.birth.1', NULL::bytea)$$,
    'who has no key yet is told which master key wraps it'
);
SELECT isnt(
    (SELECT g.id FROM kernel.give_data_key('birth', '1', 'probe.birth.1', sha256('1')) AS g), NULL,
    '[A-40] a person gets a key for a purpose'
);
SELECT results_eq(
    $$SELECT g.wrapped FROM kernel.give_data_key('birth', '1', 'probe.birth.1', sha256('2')) AS g$$,
    $$VALUES (sha256('1'))$$,
    'and one only: who comes second is given it'
);
SELECT results_eq(
    $$SELECT g.id, g.encryption_key_id FROM kernel.give_data_key('names', '1', 'probe.birth.1', sha256('2')) AS g$$,
    $$VALUES (NULL::bigint, 'probe.names.1')$$,
    'a key that another master key wraps is not kept'
);
SELECT lives_ok($$SELECT kernel.give_data_key('names', '1', 'probe.names.1', sha256('3'))$$, 'another purpose');
SELECT lives_ok($$SELECT kernel.give_data_key('names', NULL, 'probe.names.1', sha256('4'))$$, 'the app''s own');
SELECT throws_ok(format('SELECT kernel.%s', c.call), c.code, NULL, c.why)
FROM (
    VALUES
        ($$claim_data_key('birth', '2')$$, 'KR083', 'no key of another person'),
        ($$give_data_key('birth', '2', 'probe.birth.1', sha256('x'))$$, 'KR083', 'none for another person'),
        ($$claim_data_key('other')$$, 'KR082', 'no key where there is no master key'),
        ($$claim_index_keys('other')$$, 'KR082', 'no index where there is no key'),
        ($$wrapped_keys('{1}')$$, '42501', 'no key of everybody'),
        ($$shred_subject_keys('probe', '1')$$, '42501', 'no shredding'),
        ($$register_encryption_key('probe.names.9', 'seal', sha256('x'))$$, '42501', 'no registering'),
        ($$require_sealing_keys(0, '', false, '{}', '{}', '{}', '{}')$$, '42501', 'no asking of the guard')
) AS c (call, code, why);
SELECT throws_ok('SELECT count(*) FROM kernel.subject_key', '42501', NULL, 'an app reads no data key');
SELECT throws_ok('SELECT count(*) FROM kernel.encryption_key', '42501', NULL, 'nor the register');
SELECT results_eq(
    $$SELECT c.id, c.version, c.is_active FROM kernel.claim_index_keys('mails') AS c$$,
    $$VALUES ('probe.mails.2', 2, true), ('probe.mails.1', 1, false)$$,
    'indexes are looked up by every key that is not retired'
);
SELECT pg_temp.act('probe_app', 'other', '1');
SELECT throws_ok($$SELECT kernel.claim_data_key('names', '1')$$, 'KR083', NULL, 'no key of another app');
SELECT throws_ok($$SELECT kernel.claim_data_keys('{1}')$$, 'KR083', NULL, 'nor by number');
SELECT pg_temp.act('probe_app', '', '1');
SELECT throws_ok($$SELECT kernel.claim_data_key('names', '1')$$, 'KR083', NULL, 'no key without an app');
SELECT pg_temp.act('probe_analyst', 'probe', '1');
SELECT throws_ok($$SELECT kernel.claim_data_key('names', '1')$$, 'KR083', NULL, 'no key for an analyst');
SELECT pg_temp.act('probe_worker', 'probe', '');
SELECT lives_ok($$SELECT kernel.give_data_key('names', '2', 'probe.names.1', sha256('5'))$$, 'a worker acts for anybody');
SELECT lives_ok($$SELECT kernel.give_data_key('birth', '2', 'probe.birth.1', sha256('6'))$$, 'in its app');
SELECT pg_temp.act('other_app', 'other', '1');
SELECT lives_ok($$SELECT kernel.give_data_key('names', '1', 'other.names.1', sha256('7'))$$, 'user 1 of another app is another');
RESET ROLE;
SELECT set_config('test.ids', (SELECT array_agg(k.id)::text FROM kernel.subject_key AS k), true);
SELECT pg_temp.act('probe_app', 'probe', '1');
SELECT results_eq(
    $$SELECT c.wrapped FROM kernel.claim_data_keys(current_setting('test.ids')::bigint[]) AS c ORDER BY c.id$$,
    $$VALUES (sha256('1')), (sha256('3')), (sha256('4'))$$,
    'by number a person has her own keys and the app''s'
);
SELECT pg_temp.act('probe_worker', 'probe', '1');
SELECT is(
    (SELECT count(*) FROM kernel.claim_data_keys(current_setting('test.ids')::bigint[])), 5::bigint,
    'and a worker those of everybody in its app'
);
RESET ROLE;
SET LOCAL ROLE strongroom_runner;
SELECT is(
    (SELECT count(*) FROM kernel.wrapped_keys(current_setting('test.ids')::bigint[])), 6::bigint,
    'the runner has wrapped ones for an export'
);
RESET ROLE;

-- What the guard refuses.
PREPARE person AS INSERT INTO probe.people VALUES ($1, $2, $3, $4);
SELECT lives_ok(
    format('EXECUTE person(1, %L, %L, %L)', pg_temp.envelope(pg_temp.key('probe', 'birth', '1')),
        pg_temp.envelope(pg_temp.key('probe', 'names', '1')), pg_temp.index(2)),
    'a person''s row takes values under her keys'
);
SELECT lives_ok(
    format('EXECUTE person(2, NULL, %L, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', '2')), pg_temp.index(1)),
    'and an index under a key that is retiring'
);
SELECT lives_ok('EXECUTE person(3, NULL, NULL, NULL)', 'or none');
SELECT throws_ok(format('EXECUTE person(4, %L, %L, %L)', r.born, r.name, r.mail), 'KR080', NULL, r.why)
FROM (
    VALUES
        (pg_temp.envelope(pg_temp.key('probe', 'birth', '1')), NULL::bytea, NULL::bytea, '[A-F23] a key of another person'),
        (NULL, pg_temp.envelope(pg_temp.key('probe', 'names', NULL)), NULL, '[A-F23] the app''s own key'),
        (NULL, pg_temp.envelope(pg_temp.key('other', 'names', '1')), NULL, '[A-F23] a key of another app'),
        (pg_temp.envelope(99999), NULL, NULL, '[A-F23] an unknown key'),
        (pg_temp.envelope(-1), NULL, NULL, '[A-F23] a key that can''t be'),
        (NULL, NULL, pg_temp.index(3), 'an unknown key of an index'),
        (NULL, NULL, '\x0002ab', 'an index that is cut short'),
        (NULL, NULL, pg_temp.index(2) || '\x00', 'an index that is too long')
) AS r (born, name, mail, why);
SELECT throws_ok(
    format('UPDATE probe.people SET born = %L WHERE user_id = 1', pg_temp.envelope(pg_temp.key('probe', 'names', '1'))),
    'KR080', NULL, '[A-40] a key for another purpose'
);
SELECT throws_ok(
    format(
        'UPDATE probe.people SET "na""me;--%%1$s" = %L WHERE user_id = 1',
        pg_temp.envelope(pg_temp.key('other', 'names', '1'))
    ),
    'KR080', NULL, '[A-F23] a key of another app for a person of the same id'
);
SELECT throws_matching(
    format('EXECUTE person(4, %L, NULL, NULL)', pg_temp.envelope(4242)),
    'a value for probe.people is under a key that does not fit', 'it names the table, and no value'
);
SELECT throws_ok(
    'UPDATE probe.people SET born = (SELECT p.born FROM probe.people AS p WHERE p.user_id = 1) WHERE user_id = 2',
    'KR080', NULL, '[A-F23] a value that is copied to another person'
);
SELECT throws_ok(
    'UPDATE probe.people SET user_id = 5 WHERE user_id = 1', 'KR080', NULL,
    '[A-F23] a row that is given to another person'
);
SELECT throws_ok(
    'UPDATE probe.people SET born = "na""me;--%1$s" WHERE user_id = 1', 'KR080', NULL,
    '[A-40] a value that is copied to a column of another purpose'
);
SELECT lives_ok('UPDATE probe.people SET at = 1', 'what is left as it is passes');
SELECT lives_ok(
    format('INSERT INTO probe.messages VALUES (1, 1, 2, %L), (2, 2, 1, %L), (3, 1, 2, %L)',
        pg_temp.envelope(pg_temp.key('probe', 'names', '1')), pg_temp.envelope(pg_temp.key('probe', 'names', '1')),
        pg_temp.envelope(pg_temp.key('probe', 'names', NULL))),
    'a row of two people takes a key of either, or the app''s'
);
SELECT throws_ok(
    format('INSERT INTO probe.messages VALUES (4, 3, 2, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', '1'))),
    'KR080', NULL, 'and of no third'
);
SELECT throws_ok(
    format('INSERT INTO probe.messages VALUES (4, %s, %s, %L)', r.sender, r.receiver, pg_temp.envelope(pg_temp.key('probe', 'names', '1'))),
    'KR080', NULL, r.why
)
FROM (
    VALUES
        ('2', 'NULL', '[A-F23] nor where one of the two is nobody'),
        ('NULL', 'NULL', '[A-F23] nor where both are')
) AS r (sender, receiver, why);
SELECT lives_ok(
    format('INSERT INTO probe.messages VALUES (5, NULL, 1, %L), (6, NULL, NULL, %L)',
        pg_temp.envelope(pg_temp.key('probe', 'names', '1')), pg_temp.envelope(pg_temp.key('probe', 'names', NULL))),
    'where one is nobody, a key of the other or the app''s'
);
SELECT lives_ok(
    format('INSERT INTO probe.secrets VALUES (1, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', NULL))),
    '[P-27] a secret of the app is under the app''s key'
);
SELECT throws_ok(
    format('INSERT INTO probe.secrets VALUES (2, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', '1'))),
    'KR080', NULL, '[P-27] and under no person''s'
);
SELECT throws_ok(
    format('INSERT INTO probe.secrets VALUES (2, %L), (3, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', NULL)),
        pg_temp.envelope(pg_temp.key('probe', 'names', '2'))),
    'KR080', NULL, 'one row among others is enough'
);
SELECT throws_ok(
    format('INSERT INTO probe.alike VALUES (1, 2, %1$L), (2, 2.0, %1$L)', pg_temp.envelope(pg_temp.key('probe', 'names', '2'))),
    'KR080', NULL, '[A-F23] people whose ids are equal, and are written otherwise, are two'
);
SELECT lives_ok(
    format('INSERT INTO probe.alike VALUES (1, 2, %L)', pg_temp.envelope(pg_temp.key('probe', 'names', '2'))),
    'each by himself'
);
SELECT throws_ok(
    'UPDATE probe.alike SET person = 2.0', 'KR080', NULL, '[A-F23] and what one has is not given to the other'
);

-- Keys that were replaced, retired and shredded.
UPDATE kernel.subject_key SET replaced_at = now() WHERE subject = '1' AND purpose = 'birth' AND app = 'probe';
UPDATE probe.people SET born = NULL WHERE user_id = 1;
SELECT lives_ok(
    format('UPDATE probe.people SET born = %L WHERE user_id = 1', pg_temp.envelope(pg_temp.key('probe', 'birth', '1'))),
    '[A-41] a key that is being replaced may still be written under'
);
UPDATE kernel.subject_key SET closed_at = now() WHERE replaced_at IS NOT NULL;
UPDATE probe.people SET born = NULL WHERE user_id = 1;
SELECT throws_ok(
    format('UPDATE probe.people SET born = %L WHERE user_id = 1', pg_temp.envelope(pg_temp.key('probe', 'birth', '1'))),
    'KR081', NULL, '[A-41] one that is closed may not'
);
UPDATE kernel.encryption_key SET state = 'retired', retired_at = now() WHERE id = 'probe.mails.1';
SELECT throws_ok(
    format('EXECUTE person(4, NULL, NULL, %L)', pg_temp.index(1)), 'KR081', NULL, '[A-41] nor one that is retired'
);
SET LOCAL ROLE strongroom_runner;
SELECT is(kernel.shred_subject_keys('probe', '1'), 2::bigint, 'every key of a person is shredded');
SELECT is(kernel.shred_subject_keys('probe', '1'), 0::bigint, 'once');
RESET ROLE;
SELECT is((SELECT count(*) FROM kernel.subject_key), 4::bigint, 'and nobody else''s');
SELECT lives_ok('UPDATE probe.people SET at = 2', 'a row whose keys are gone may change elsewhere');
SELECT throws_ok(
    'UPDATE probe.messages SET body = (SELECT body FROM probe.messages WHERE id = 1), sender = 2 WHERE id = 3', 'KR080', NULL,
    'and its values go nowhere else'
);

SELECT * FROM finish();
ROLLBACK;
