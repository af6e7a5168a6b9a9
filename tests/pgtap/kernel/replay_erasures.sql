BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(28);

-- Entries as an exported ledger has them, made by the function that writes them, and taken away again.
CREATE FUNCTION pg_temp.entry(p_seq bigint, p_previous bytea, p_subject text) RETURNS jsonb
LANGUAGE sql AS $$
    SELECT jsonb_build_object(
        'seq', p_seq, 'app', 'tarot', 'pseudonym', encode(sha256('p'), 'hex'),
        'key_id', 'tarot.people.1', 'act', '00000000-0000-4000-8000-00000000000' || p_seq,
        'erased_at', '2026-01-02T03:04:05.678901+00:00', 'previous', encode(p_previous, 'hex'),
        'hash', encode(
            kernel.ledger_link(
                p_previous, p_seq, 'tarot', sha256('p'), 'tarot.people.1',
                ('00000000-0000-4000-8000-00000000000' || p_seq)::uuid, '2026-01-02 03:04:05.678901+00'
            ),
            'hex'
        ),
        'subject', p_subject
    )
$$;
CREATE FUNCTION pg_temp.replay(VARIADIC p_entries jsonb[]) RETURNS bigint
LANGUAGE sql AS 'SELECT kernel.replay_erasures(to_jsonb(p_entries))';
CREATE FUNCTION pg_temp.hash(p_entry jsonb) RETURNS bytea
LANGUAGE sql AS $$ SELECT decode(p_entry ->> 'hash', 'hex') $$;
CREATE FUNCTION pg_temp.nothing() RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat('00', 32), 'hex') $$;
CREATE TEMPORARY TABLE given AS SELECT pg_temp.entry(1, pg_temp.nothing(), '7') AS first;
CREATE TEMPORARY TABLE more AS
SELECT
    g.first,
    pg_temp.entry(2, pg_temp.hash(g.first), NULL) AS second,
    pg_temp.entry(2, sha256('elsewhere'), '8') AS foreign_one,
    pg_temp.entry(3, pg_temp.hash(g.first), '8') AS skipping
FROM given AS g;
GRANT SELECT ON more TO PUBLIC;

SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(
    'SELECT pg_temp.replay(m.first) FROM more AS m', 'KR102', NULL, 'nothing is replayed in a database that is open'
);
SELECT lives_ok(
    'SELECT kernel.open_gate(0, pg_temp.nothing())', 'opening what is open does nothing'
);
SELECT kernel.close_gate('a test');

SELECT throws_ok(
    format('SELECT pg_temp.replay(m.first || %L) FROM more AS m', change), 'KR101', NULL, title
)
FROM (
    VALUES
    ('{"app": "other"}', 'an entry of another app than its hash says is refused'),
    ('{"act": "00000000-0000-4000-8000-000000000009"}', 'of another act'),
    ('{"erased_at": "2026-01-02T03:04:06+00:00"}', 'of another moment'),
    ('{"seq": null}', 'without a number'),
    ('{"hash": null}', 'without a hash'),
    ('{"previous": null}', 'without what it follows')
) AS c (change, title);
SELECT throws_ok(
    'SELECT pg_temp.replay(m.first, m.foreign_one) FROM more AS m', 'KR101', NULL,
    'so is the second of another ledger'
);
SELECT throws_ok(
    'SELECT pg_temp.replay(m.first, m.skipping) FROM more AS m', 'KR101', NULL, 'and one after a gap'
);
SELECT throws_ok(
    'SELECT pg_temp.replay(m.second, m.first) FROM more AS m', 'KR101', NULL, 'or in another order'
);
SELECT throws_ok(
    $$ SELECT pg_temp.replay(m.first || '{"subject": "nobody''s"}') FROM more AS m $$, 'KR041', NULL,
    'an id that can''t be one is refused'
);
SELECT is((SELECT count(*) FROM kernel.erasure_ledger), 0::bigint, 'of all these nothing was taken over');

SELECT is(
    (SELECT pg_temp.replay(m.first, m.second) FROM more AS m), 1::bigint, 'who is here gets a request'
);
SELECT results_eq(
    'SELECT r.state, r.origin, r.subject FROM kernel.subject_request AS r',
    $$ VALUES ('approved', 'replay', '7') $$, 'one that may be run'
);
SELECT is((SELECT h.seq FROM kernel.erasure_ledger_head() AS h), 2::bigint, 'every entry is there');
SELECT is(
    (SELECT pg_temp.replay(m.first, m.second) FROM more AS m), 0::bigint, 'a second time changes nothing'
);
SELECT throws_ok(
    'SELECT kernel.open_gate(2, pg_temp.hash(m.second)) FROM more AS m', 'KR103', NULL,
    'the gate stays closed until the person is erased'
);
SELECT isnt(kernel.gate_problem(), NULL, 'as is told');
RESET ROLE;

SELECT throws_ok(
    $$ SELECT kernel.append_erasure('tarot', sha256('x'), 'tarot.people.1', gen_random_uuid()) $$,
    'KR103', NULL, 'no other erasure ends before'
);
-- What the steps of the erasure do is another file's.
SET LOCAL session_replication_role = replica;
UPDATE kernel.subject_request AS r SET state = 'done', subject = NULL, started_at = now(), ended_at = now();
SET LOCAL session_replication_role = origin;

SET LOCAL ROLE strongroom_runner;
SELECT throws_ok(
    'SELECT kernel.open_gate(3, pg_temp.hash(m.skipping)) FROM more AS m', 'KR103', NULL,
    'nor does a head open it that the copy has not come to'
);
SELECT throws_ok(
    $$ SELECT kernel.open_gate(2, sha256('x')) $$, 'KR103', NULL, 'or of another hash'
);
SELECT throws_ok(
    'SELECT kernel.open_gate(1, pg_temp.hash(m.second)) FROM more AS m', 'KR103', NULL, 'or number and hash of two entries'
);
SELECT throws_ok('SELECT kernel.open_gate(NULL, NULL)', 'KR103', NULL, 'or none');
SELECT lives_ok(
    'SELECT kernel.open_gate(2, pg_temp.hash(m.second)) FROM more AS m', 'the head of the ledger opens it'
);
SELECT is(kernel.gate_problem(), NULL, 'and it is open');

SET LOCAL ROLE tarot_worker;
SELECT throws_ok($$ SELECT kernel.replay_erasures('[]') $$, '42501', NULL, 'no role of an app replays');
SELECT throws_ok($$ SELECT kernel.open_gate(0, '') $$, '42501', NULL, 'or opens');

SELECT * FROM finish();
ROLLBACK;
