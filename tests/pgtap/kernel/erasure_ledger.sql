BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(23);

CREATE FUNCTION pg_temp.person(p_text text) RETURNS bytea LANGUAGE sql AS 'SELECT sha256(p_text::bytea)';

SELECT is(
    (SELECT h FROM kernel.erasure_ledger_head() AS h),
    ROW (0::bigint, decode(repeat('00', 32), 'hex')),
    'an empty ledger has a head'
);
SET LOCAL ROLE strongroom_owner;
SELECT is(
    kernel.append_erasure('probe', pg_temp.person('a'), 'probe.pseudonym.1', '00000000-0000-4000-8000-000000000001'),
    1::bigint, 'the first erasure is entry 1'
);
SELECT is(
    kernel.append_erasure('probe', pg_temp.person('b'), 'probe.pseudonym.1', '00000000-0000-4000-8000-000000000002'),
    2::bigint, 'the second follows without a gap'
);
SELECT is(
    kernel.append_erasure('probe', pg_temp.person('a'), 'probe.pseudonym.1', '00000000-0000-4000-8000-000000000001'),
    1::bigint, 'the same act again gets its own number'
);
SELECT is((SELECT count(*) FROM kernel.erasure_ledger), 2::bigint, 'and writes nothing');
SELECT is(
    (SELECT l.previous FROM kernel.erasure_ledger AS l WHERE l.seq = 2),
    (SELECT l.hash FROM kernel.erasure_ledger AS l WHERE l.seq = 1),
    'each entry is chained to the one before'
);
SELECT is(
    (SELECT h.hash FROM kernel.erasure_ledger_head() AS h),
    (SELECT l.hash FROM kernel.erasure_ledger AS l WHERE l.seq = 2),
    'the head is the newest entry'
);
SELECT is(
    kernel.ledger_link(
        decode(repeat('00', 32), 'hex'), 1, 'probe', '\x00112233445566778899aabbccddeeff', 'probe.pseudonym.1',
        '00000000-0000-4000-8000-000000000001', '2026-01-02 03:04:05.678901+00'
    ),
    sha256(
        decode(
            repeat('00', 32) || '0000000000000001' || '00000005' || '70726f6265' || '00000010'
            || '00112233445566778899aabbccddeeff' || '00000011' || encode('probe.pseudonym.1', 'hex')
            || '00000000000040008000000000000001' || '0002ea5dbb1f6f35', 'hex'
        )
    ),
    'what the hash is of is as its comment says'
);
SELECT throws_ok(
    format(
        $$ INSERT INTO kernel.erasure_ledger SELECT 3, 'probe', l.pseudonym, l.key_id, gen_random_uuid(), l.erased_at,
        l.hash, l.hash FROM kernel.erasure_ledger AS l WHERE l.seq = 2 $$
    ),
    '23514', NULL, 'an entry whose hash is not its own is refused'
);
SELECT throws_ok(
    $$ SELECT kernel.append_erasure('probe', '\x00', 'probe.pseudonym.1', gen_random_uuid()) $$,
    '23514', NULL, 'so is a pseudonym that is none'
);
SELECT throws_ok(
    $$ SELECT kernel.append_erasure('probe', NULL, 'probe.pseudonym.1', gen_random_uuid()) $$,
    '23502', NULL, 'or that is missing'
);
SELECT throws_ok(
    $$ SELECT kernel.append_erasure('probe', sha256('x'), 'k', gen_random_uuid(), 'infinity') $$,
    '23514', NULL, 'or a time that is none'
);
SELECT throws_ok('UPDATE kernel.erasure_ledger SET app = app', 'KR040', NULL, 'no entry changes');
SELECT throws_ok('DELETE FROM kernel.erasure_ledger', 'KR040', NULL, 'none goes');
SELECT throws_ok('TRUNCATE kernel.erasure_ledger CASCADE', 'KR040', NULL, 'nor do all');

SET LOCAL ROLE strongroom_runner;
SELECT is((SELECT count(*) FROM kernel.erasure_ledger), 2::bigint, 'the runner reads it');
SELECT is((SELECT h.seq FROM kernel.erasure_ledger_head() AS h), 2::bigint, 'and its head');
SELECT throws_ok(
    $$ INSERT INTO kernel.erasure_ledger (seq) VALUES (9) $$, '42501', NULL, 'and writes nothing'
);
SELECT throws_ok(
    $$ SELECT kernel.append_erasure('probe', sha256('x'), 'k', gen_random_uuid()) $$,
    '42501', NULL, 'not by the function either'
);
SET LOCAL ROLE tarot_app;
SELECT throws_ok('SELECT FROM kernel.erasure_ledger', '42501', NULL, 'an app does not read it');
SELECT throws_ok('SELECT kernel.erasure_ledger_head()', '42501', NULL, 'nor its head');
SET LOCAL ROLE tarot_worker;
SELECT throws_ok('SELECT FROM kernel.erasure_ledger', '42501', NULL, 'nor a worker');
SET LOCAL ROLE strongroom_definer;
SELECT throws_ok('SELECT FROM kernel.erasure_ledger', '42501', NULL, 'nor the definer');

SELECT * FROM finish();
ROLLBACK;
