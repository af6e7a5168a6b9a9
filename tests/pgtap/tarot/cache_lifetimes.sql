-- How long caches may show what they have read: rows, not code.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(9);

SELECT results_eq(
    $$ SELECT entry, lifetime FROM tarot.cache_lifetimes ORDER BY entry $$,
    $$
    VALUES ('balance', interval '5 minutes'), ('reading', interval '1 hour'), ('session', interval '1 hour')
    $$,
    '[T-02] [T-23] [T-24] [T-25] the data says how long an entry of a cache may live'
);
SELECT col_is_pk('tarot'::name, 'cache_lifetimes'::name, 'entry'::name, 'one lifetime a kind');
SELECT throws_ok(
    $$ INSERT INTO tarot.cache_lifetimes VALUES ('everything', '1 hour') $$, '23514', NULL, 'there are three kinds'
);

SET LOCAL ROLE tarot_app;
SELECT isnt_empty($$ SELECT entry FROM tarot.cache_lifetimes $$, 'a program reads them, before anybody is known');
SELECT throws_ok($$ UPDATE tarot.cache_lifetimes SET lifetime = '1 day' $$, '42501', NULL, 'and changes none');

SET LOCAL ROLE tarot_worker;
SELECT throws_ok($$ UPDATE tarot.cache_lifetimes SET lifetime = '0' $$, '23514', NULL, 'an entry lives');
SELECT throws_ok($$ UPDATE tarot.cache_lifetimes SET lifetime = '25 hours' $$, '23514', NULL, 'but not for ever');
SELECT lives_ok(
    $$ UPDATE tarot.cache_lifetimes SET lifetime = '1 minute' WHERE entry = 'balance' $$, 'a job may change one'
);
RESET ROLE;
SELECT isnt(
    (SELECT updated_at FROM tarot.cache_lifetimes WHERE entry = 'balance'), NULL, 'and when is written down'
);

SELECT * FROM finish();
ROLLBACK;
