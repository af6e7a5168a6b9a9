-- Who was erased, and left a row, is written of no more: whom that concerns, and whom it does not.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(44);

CREATE FUNCTION pg_temp.app(p_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION strongroom_owner', p_name);
    EXECUTE format('COMMENT ON SCHEMA %I IS E''An app.\n@app''', p_name);
    EXECUTE format(
        'SET LOCAL ROLE strongroom_owner; CREATE TABLE %1$I.people (id bigint PRIMARY KEY, name text);'
        'COMMENT ON COLUMN %1$I.people.id IS E''@internal\n@subject'';'
        'CREATE TABLE %1$I.cards (user_id bigint PRIMARY KEY REFERENCES %1$I.people, name text);'
        'CREATE TABLE %1$I.posts (user_id bigint, id bigint, PRIMARY KEY (user_id, id));'
        'CREATE TABLE %1$I.notes (user_id bigint, id bigint UNIQUE);'
        'CREATE TABLE %1$I.prices (id bigint PRIMARY KEY);'
        'INSERT INTO %1$I.people VALUES (1), (2), (3);'
        'INSERT INTO %1$I.cards VALUES (1), (2);'
        'INSERT INTO %1$I.posts VALUES (1, 4), (2, 4), (4, 4);'
        'INSERT INTO %1$I.notes VALUES (1, 5), (5, 4); RESET ROLE',
        p_name
    );
END;
$$;
SELECT pg_temp.app('probe'), pg_temp.app('other');

-- Who is still there.
SELECT is(kernel.has_tombstone('probe', call.person), call.answer, call.why)
FROM (
    VALUES
        ('1', true, 'a row whose key is the person is the person'),
        ('4', false, 'a post is none, for its key has more'),
        ('5', false, 'nor is a note, whose key is none of theirs'),
        ('6', false, 'and who has no row has none')
) AS call (person, answer, why);
ALTER TABLE probe.cards DROP CONSTRAINT cards_user_id_fkey;
INSERT INTO probe.cards VALUES (7);
SELECT ok(kernel.has_tombstone('probe', '7'), 'a table that refers to no other says so by itself');
ALTER TABLE probe.cards ADD CONSTRAINT cards_user_id_fkey FOREIGN KEY (user_id) REFERENCES probe.people NOT VALID;
SELECT ok(NOT kernel.has_tombstone('probe', '7'), 'what refers by its key is not the person');
DELETE FROM probe.cards WHERE user_id = 7;

CREATE FUNCTION pg_temp.erased() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s %s %s', e.app, p.id, CASE WHEN e.erased_at IS NULL THEN 'runs' ELSE 'over' END)
    FROM kernel.erased_subject AS e
    LEFT JOIN generate_series(1, 9) AS p (id) ON e.digest = kernel.subject_digest(e.app, p.id::text)
    WHERE e.app IN ('probe', 'other')
$$;
SELECT kernel.note_erased('probe', '1', NULL), kernel.note_erased('other', '1', NULL);
SELECT kernel.note_erased('probe', '2', now()), kernel.note_erased('probe', '6', NULL);
SELECT set_eq(
    'SELECT pg_temp.erased()', ARRAY['probe 1 runs', 'other 1 runs', 'probe 2 over', 'probe 6 runs'],
    'each by their app and id, once'
);
SELECT kernel.note_erased('probe', '2', NULL);
SELECT set_has('SELECT pg_temp.erased()', $$VALUES ('probe 2 over')$$, 'what is over does not begin anew');

-- While it runs, and after its end.
CREATE FUNCTION pg_temp.acts_for(p_app text, p_person text) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('kernel.app', p_app, true), set_config('kernel.user_id', p_person, true)
$$;
SELECT is(kernel.refuse_late_writes('probe'), 4, 'each table of people has a trigger');
SELECT is(kernel.refuse_late_writes('probe'), 0, 'once');
SELECT set_eq(
    $$SELECT t.tgrelid::regclass::text FROM pg_trigger AS t WHERE t.tgname = 't05_refuse_erased'$$,
    ARRAY['probe.people', 'probe.cards', 'probe.posts', 'probe.notes'], 'and no other table'
);
SELECT pg_temp.acts_for('probe', '1');
SELECT lives_ok('INSERT INTO probe.notes VALUES (1, 10)', 'whose erasure runs still writes');
SELECT pg_temp.acts_for('probe', '2');
SELECT throws_ok('INSERT INTO probe.notes VALUES (2, 11)', 'KR104', NULL, 'whose is over does not');
SELECT throws_ok('UPDATE probe.notes SET id = 12 WHERE id = 10', 'KR104', NULL, 'nor change a row');
SELECT throws_ok('INSERT INTO probe.cards SELECT 1, NULL WHERE false', 'KR104', NULL, 'whether or not there is one');
SELECT lives_ok('DELETE FROM probe.notes WHERE id = 10', 'but delete it');
SELECT lives_ok('INSERT INTO probe.prices VALUES (1)', 'and write what is of nobody');
SELECT pg_temp.acts_for('probe', person) FROM (VALUES ('3')) AS p (person);
SELECT lives_ok('INSERT INTO probe.notes VALUES (2, 13)', 'somebody else writes on');
SELECT pg_temp.acts_for('probe', '');
SELECT lives_ok('INSERT INTO probe.notes VALUES (2, 14)', 'and so does nobody in particular');
SELECT pg_temp.acts_for('other', '2');
SELECT kernel.refuse_late_writes('other');
SELECT lives_ok('INSERT INTO other.notes VALUES (2, 15)', 'and who has the same id in another app');
SELECT pg_temp.acts_for('probe', '2');
SAVEPOINT worker;
CREATE ROLE probe_worker;
CREATE ROLE other_worker;
GRANT USAGE ON SCHEMA probe TO probe_worker, other_worker;
GRANT INSERT ON probe.notes TO probe_worker, other_worker;
SET LOCAL ROLE probe_worker;
SELECT lives_ok('INSERT INTO probe.notes VALUES (2, 16)', 'a worker may, to return money');
SET LOCAL ROLE other_worker;
SELECT throws_ok('INSERT INTO probe.notes VALUES (2, 16)', 'KR104', NULL, 'one of another app may not');
ROLLBACK TO worker;
SELECT set_config('role', 'strongroom_definer', true);
SELECT throws_ok($$SELECT kernel.refuse_erased('probe', '2')$$, 'KR104', NULL, 'a function can ask by itself');
SELECT lives_ok($$SELECT kernel.refuse_erased('probe', '1')$$, 'of somebody whose erasure runs');
SELECT lives_ok($$SELECT kernel.refuse_erased('other', '2')$$, 'of an app');
SELECT lives_ok($$SELECT kernel.refuse_erased('probe', '3')$$, 'and of somebody who is there');
RESET ROLE;

-- The end of an erasure.
SELECT kernel.keep_out_erased('probe', '1');
SELECT set_has('SELECT pg_temp.erased()', $$VALUES ('probe 1 over'), ('other 1 runs')$$, 'ends one of one app');
SELECT kernel.keep_out_erased('probe', '3');
SELECT set_has('SELECT pg_temp.erased()', $$VALUES ('probe 3 over')$$, 'also of whom nobody knew that it ran');
SELECT kernel.keep_out_erased('probe', '6');
SELECT set_hasnt('SELECT pg_temp.erased()', $$VALUES ('probe 6 runs'), ('probe 6 over')$$, 'without a row there is nobody to be kept out');
SELECT set_has('SELECT pg_temp.erased()', $$VALUES ('other 1 runs'), ('probe 2 over')$$, 'the others stay');
SELECT pg_temp.acts_for('probe', '1');
SELECT throws_ok('INSERT INTO probe.notes VALUES (1, 17)', 'KR104', NULL, 'and the person is kept out');

-- Who comes back.
SELECT is(kernel.readmit_subject('other', '1'), false, 'nobody comes back while the erasure runs');
SELECT is(kernel.readmit_subject('probe', ' 01 '), true, 'staff lets somebody in again');
SELECT is(kernel.readmit_subject('probe', '1'), false, 'once');
SELECT set_eq(
    'SELECT pg_temp.erased()', ARRAY['other 1 runs', 'probe 2 over', 'probe 3 over'], 'and nobody else'
);
SELECT lives_ok('INSERT INTO probe.notes VALUES (1, 18)', 'who then writes');

-- Whose erasure ended before there was such a thing.
SELECT kernel.append_erasure('probe', sha256('1'), 'probe.people.1', gen_random_uuid());
SELECT is(kernel.keep_out_subject(call.app, call.person, call.pseudonym, call.key_id), false, call.why)
FROM (
    VALUES
        ('probe', '1', sha256('2'), 'probe.people.1', 'not who is not in the ledger'),
        ('probe', '1', sha256('1'), 'probe.people.2', 'nor is by another key'),
        ('other', '1', sha256('1'), 'probe.people.1', 'nor of another app'),
        ('probe', '6', sha256('1'), 'probe.people.1', 'nor who left no row'),
        ('probe', '2', sha256('1'), 'probe.people.1', 'nor who is kept out already')
) AS call (app, person, pseudonym, key_id, why);
SELECT is(kernel.keep_out_subject('probe', '01', sha256('1'), 'probe.people.1'), true, 'but who is');
SELECT set_has('SELECT pg_temp.erased()', $$VALUES ('probe 1 over')$$, 'and they are kept out');
SELECT throws_ok('INSERT INTO probe.notes VALUES (1, 19)', 'KR104', NULL, 'as if it had been so before');

SELECT * FROM finish();
ROLLBACK;
