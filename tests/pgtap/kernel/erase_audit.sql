-- What an erasure takes from the audit log: one person's, of one app, sealed or not, alone or of two.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(7);

CREATE FUNCTION pg_temp.app(p_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION strongroom_owner', p_name);
    EXECUTE format('COMMENT ON SCHEMA %I IS E''An app.\n@app''', p_name);
    EXECUTE format(
        'SET LOCAL ROLE strongroom_owner;'
        'CREATE TABLE %1$I.notes (user_id text, id bigint, body text, PRIMARY KEY (user_id, id));'
        'COMMENT ON COLUMN %1$I.notes.user_id IS ''@internal'';'
        'COMMENT ON COLUMN %1$I.notes.id IS ''@internal'';'
        'COMMENT ON COLUMN %1$I.notes.body IS E''@personal content\n@erase delete'';'
        'CREATE TABLE %1$I.letters (id bigint PRIMARY KEY, sender text, receiver text, body text);'
        'COMMENT ON COLUMN %1$I.letters.id IS ''@internal'';'
        'COMMENT ON COLUMN %1$I.letters.sender IS E''@internal\n@subject'';'
        'COMMENT ON COLUMN %1$I.letters.receiver IS E''@internal\n@subject'';'
        'COMMENT ON COLUMN %1$I.letters.body IS E''@personal content\n@erase delete'';'
        'INSERT INTO %1$I.notes VALUES (''1'', 1, ''a''), (''2'', 1, ''b''), (''["1"]'', 1, ''c'');'
        'INSERT INTO %1$I.letters VALUES (1, ''1'', ''2'', ''a''), (2, ''2'', ''1'', ''b''), (3, ''2'', ''3'', ''c'');'
        'SELECT kernel.enable_audit(''%1$I.notes''), kernel.enable_audit(''%1$I.letters'')',
        p_name
    );
    RESET ROLE;
END;
$$;
SELECT pg_temp.app('probe'), pg_temp.app('other');
CREATE FUNCTION pg_temp.write() RETURNS void LANGUAGE sql AS $$
    UPDATE probe.notes SET body = body || 'x';
    UPDATE probe.letters SET body = body || 'x';
    UPDATE other.notes SET body = body || 'x';
    UPDATE other.letters SET body = body || 'x';
$$;
CREATE TEMPORARY VIEW entries AS
SELECT l.id, l.app, l.relation, l.subject, l.opening, l.commitment FROM kernel.audit_log AS l WHERE l.app IN ('probe', 'other')
UNION ALL
SELECT i.id, i.app, i.relation, i.subject, i.opening, i.commitment FROM kernel.audit_inbox AS i WHERE i.app IN ('probe', 'other');
SELECT pg_temp.write();
SELECT kernel.seal_audit();
SELECT pg_temp.write();
SELECT is((SELECT count(*) FROM pg_temp.entries AS e WHERE e.opening IS NOT NULL), 24::bigint, 'every entry can be opened');
CREATE TEMPORARY TABLE before AS SELECT e.*, sha256(e.opening) AS hash FROM pg_temp.entries AS e;

SELECT is(kernel.erase_audit('probe', '1'), 6::bigint, 'two of theirs and four of two people go, sealed or not');
SELECT results_eq(
    $$SELECT e.relation, e.subject, count(*) FROM pg_temp.entries AS e WHERE e.opening IS NULL AND e.app = 'probe'
      GROUP BY 1, 2 ORDER BY 1, 2$$,
    $$VALUES ('letters', '["1", "2"]', 2::bigint), ('letters', '["2", "1"]', 2), ('notes', '1', 2)$$,
    'in which the person is, and no id that looks like it'
);
SELECT is_empty(
    $$SELECT FROM pg_temp.entries AS e WHERE e.opening IS NULL AND e.app <> 'probe'$$, 'who has the same id in another app keeps theirs'
);
SELECT is_empty(
    $$SELECT FROM pg_temp.entries AS e JOIN pg_temp.before AS b USING (id)
      WHERE CASE WHEN e.opening IS NULL THEN e.commitment IS DISTINCT FROM b.hash
            ELSE (e.opening, e.commitment) IS DISTINCT FROM (b.opening, b.commitment) END$$,
    'what was opened leaves its hash, and the rest is as it was'
);
SELECT kernel.seal_audit();
SELECT is_empty('SELECT * FROM kernel.verify_audit()', 'and is no break, also of what is sealed later');
SELECT is(kernel.erase_audit('probe', '1'), 0::bigint, 'a second time there is nothing');

SELECT * FROM finish();
ROLLBACK;
