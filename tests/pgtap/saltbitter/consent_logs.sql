-- The log of consents: the ledger of the kernel under the app's name.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir _people.sql
SELECT pg_temp.person(n) FROM generate_series(1, 2) AS n;
SELECT columns_are(
    'saltbitter'::name, 'consent_logs'::name,
    ARRAY[
        'id', 'user_id', 'consent_type', 'granted', 'consent_text', 'version', 'language', 'method', 'ip_hash',
        'occurred_at'
    ]::name[],
    '[S-16] [S-16.1..S-16.7] [S-F21] [S-F31] the log has its columns, a keyed hash in the place of an address'
);
SELECT results_eq(
    $$ SELECT t.purpose, t.version FROM kernel.consent_text AS t WHERE t.app = 'saltbitter' ORDER BY 1 $$,
    $$ VALUES ('attachment_assessment', 1), ('orientation', 1) $$, '[S-F22] [X-2] wordings are kept once, and have versions'
);
SELECT set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT throws_ok(
    format($$ SELECT saltbitter.%s $$, call), '23514', NULL, format('[S-F21] %s: a bare SHA-256 of an address is refused', call)
)
FROM (VALUES
    ('give_consent(''orientation'', 1, ''checkbox'', sha256(''203.0.113.9''))'),
    ('withdraw_consent(''orientation'', ''menu'', sha256(''203.0.113.9''))')
) AS refused (call);
SELECT is(
    saltbitter.give_consent('orientation', 1, 'checkbox', decode('0001' || repeat('ab', 32), 'hex')), true,
    '[S-33] [S-16.6] a consent is kept with the keyed hash of the address'
);
SELECT saltbitter.withdraw_consent('orientation', 'menu', decode('0001' || repeat('cd', 32), 'hex'));
SELECT saltbitter.give_consent('attachment_assessment', 1, 'checkbox');
SELECT results_eq(
    $$
    SELECT c.user_id, c.consent_type, c.granted, c.consent_text LIKE 'Whom you want to meet %', c.ip_hash
    FROM saltbitter.consent_logs AS c
    ORDER BY c.id
    $$,
    $$
    VALUES
        (pg_temp.id(1), 'orientation', true, true, '0001' || repeat('ab', 32)),
        (pg_temp.id(1), 'orientation', false, true, '0001' || repeat('cd', 32)),
        (pg_temp.id(1), 'attachment_assessment', true, false, NULL)
    $$,
    '[S-33] [S-16.8, S-16.9] each consent that was given or withdrawn is there, with the exact text'
);
SELECT throws_ok(
    $$ INSERT INTO saltbitter.consent_logs (consent_type) VALUES ('orientation') $$, NULL, NULL,
    '[S-F6] nobody writes the log by hand'
);
SELECT throws_ok('DELETE FROM saltbitter.consent_logs', NULL, NULL, '[S-F6] nor removes from it');
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT is_empty('SELECT * FROM saltbitter.consent_logs', '[S-F29] nobody sees another''s');
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE kernel.consent_event SET granted = true WHERE app = 'saltbitter' $$, 'KR040', NULL,
    '[S-F6] an administrator changes nothing either'
);
SELECT lives_ok(
    $$ DELETE FROM saltbitter.users WHERE id = pg_temp.id(1) $$, '[S-F4] the log does not hang on its person'
);
SELECT is(
    (SELECT count(*) FROM kernel.consent_event WHERE app = 'saltbitter'), 3::bigint, '[S-F4] [X-3] and stays without them'
);

SELECT * FROM finish();
ROLLBACK;
