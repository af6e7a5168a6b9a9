-- What the audit log tells of two people stays while either is on hold, also where the row is gone.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(22);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (user_id bigint, id bigint, body text, PRIMARY KEY (user_id, id));
COMMENT ON COLUMN probe.notes.user_id IS '@internal';
COMMENT ON COLUMN probe.notes.id IS '@internal';
COMMENT ON COLUMN probe.notes.body IS E'@personal content\n@erase delete';
CREATE TABLE probe.letters (id bigint PRIMARY KEY, sender bigint, receiver bigint, body text);
COMMENT ON COLUMN probe.letters.id IS '@internal';
COMMENT ON COLUMN probe.letters.sender IS E'@internal\n@subject';
COMMENT ON COLUMN probe.letters.receiver IS E'@internal\n@subject';
COMMENT ON COLUMN probe.letters.body IS E'@personal content\n@erase delete';
INSERT INTO probe.notes VALUES (1, 1, 'a'), (2, 1, 'b'), (12, 1, 'c');
INSERT INTO probe.letters VALUES (1, 1, 2, 'a'), (2, 3, 1, 'b'), (3, 12, 1, 'c');
SELECT kernel.enable_audit('probe.notes'), kernel.enable_audit('probe.letters');
RESET ROLE;

CREATE TEMPORARY VIEW entries AS
SELECT l.relation, l.subject, l.opening, true AS sealed FROM kernel.audit_log AS l WHERE l.app = 'probe'
UNION ALL
SELECT i.relation, i.subject, i.opening, false FROM kernel.audit_inbox AS i WHERE i.app = 'probe';
CREATE FUNCTION pg_temp.open() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(DISTINCT e.subject COLLATE "C", ' ' ORDER BY e.subject COLLATE "C") FROM pg_temp.entries AS e WHERE e.opening IS NOT NULL
$$;
CREATE FUNCTION pg_temp.letters() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM pg_temp.entries AS e WHERE e.opening IS NOT NULL AND e.subject = '["1", "2"]'
$$;

-- Sealed and not, and no letter is there any more.
UPDATE probe.notes SET body = 'x';
UPDATE probe.letters SET body = 'x';
SELECT kernel.seal_audit();
DELETE FROM probe.letters;
SELECT is(pg_temp.open(), '1 12 2 ["1", "2"] ["12", "1"] ["3", "1"]', 'entries of one person and of two');
SELECT set_config('test.hold', kernel.place_hold('court', 'probe', '2')::text, true);
SELECT is(kernel.erase_audit('probe', '1'), 5::bigint, 'one of theirs and two letters go, each sealed and not');
SELECT is(pg_temp.open(), '12 2 ["1", "2"]', 'what is about somebody on hold as well stays');
SELECT is(pg_temp.letters(), 2::bigint, 'sealed or not');
SELECT ok(kernel.is_audit_held('probe', '1'), 'and is known to be kept by a hold');
SELECT ok(NOT kernel.is_audit_held('probe', '3'), 'of somebody whose entries are all gone nothing is');
SELECT ok(NOT kernel.is_audit_held('other', '1'), 'of another app neither');

-- An erasure waits for it, and goes on.
SELECT kernel.open_request('probe', '1', 'erasure') AS request
\gset
SELECT set_config('test.request', :'request', true);
SELECT kernel.approve_request(:'request');
CREATE FUNCTION pg_temp.run() RETURNS text LANGUAGE plpgsql AS $$
DECLARE v_id CONSTANT uuid := current_setting('test.request');
BEGIN
    WHILE kernel.run_erasure_step(v_id) > 0 LOOP END LOOP;
    RETURN (SELECT concat_ws(': ', r.state, r.state_reason) FROM kernel.subject_request AS r WHERE r.id = v_id);
END;
$$;
SELECT is(pg_temp.run(), 'held: a legal hold keeps entries of the audit log', 'an erasure waits for a hold on somebody else');
SELECT is(
    (SELECT concat_ws(' ', s.state, s.row_count) FROM kernel.erasure_step AS s WHERE s.request_id = :'request' AND s.kind = 'audit'),
    'held 1', 'at the audit log, of which it took the rest'
);
SELECT is((SELECT count(*) FROM probe.notes WHERE user_id = 1), 0::bigint, 'the rows are gone');
SELECT kernel.tend_requests();
SELECT is(
    (SELECT r.state FROM kernel.subject_request AS r WHERE r.id = :'request'), 'held', 'while the hold is there it goes on waiting'
);
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'over');
SELECT kernel.tend_requests();
SELECT is(pg_temp.run(), 'running', 'once it is released the erasure goes on');
SELECT is(
    (SELECT s.kind FROM kernel.next_erasure_step(:'request') AS s), 'vacuum', 'to its last step'
);
SELECT is(pg_temp.open(), '12 2', 'and nothing tells of the person any more');
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'which breaks no seal');

-- Holds on the log itself: the whole, one entry of it.
UPDATE probe.notes SET body = 'y';
SELECT kernel.seal_audit();
SELECT set_config('TimeZone', 'Asia/Tokyo', true), set_config('DateStyle', 'SQL, DMY', true);
SELECT set_config('test.hold', kernel.place_hold('court', p_table => 'kernel.audit_log')::text, true);
SELECT is(kernel.erase_audit('probe', '12'), 0::bigint, 'of a log on hold nothing goes');
UPDATE probe.notes SET body = 'z' WHERE user_id = 12;
SELECT is(kernel.erase_audit('probe', '12'), 0::bigint, 'nor of what is to come into it');
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'over');
SELECT set_config('test.hold', kernel.place_hold(
    'court', p_table => 'kernel.audit_log',
    p_row_key => (
        SELECT jsonb_build_object('batch', l.batch, 'id', l.id, 'at', l.at)
        FROM kernel.audit_log AS l WHERE l.app = 'probe' AND l.subject = '12' ORDER BY l.id LIMIT 1
    )
)::text, true);
SELECT is(kernel.erase_audit('probe', '12'), 2::bigint, 'an entry on hold stays, and it alone');
SELECT ok(kernel.is_audit_held('probe', '12'), 'which is known');
SELECT ok(NOT kernel.is_audit_held('probe', '2'), 'and holds nobody else up');
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'over');
SELECT is(kernel.erase_audit('probe', '12'), 1::bigint, 'until it is released');
SELECT is(pg_temp.open(), '2', 'others keep theirs');

SELECT * FROM finish();
ROLLBACK;
