-- How long caches may show what they have read: rows, not code.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(9);

SELECT results_eq(
    $$ SELECT entry, lifetime FROM chatsphere.cache_lifetimes ORDER BY entry $$,
    $$
    VALUES
        ('analytics_dashboard', interval '600 seconds'), ('api_response', interval '300 seconds'),
        ('chatbot_config', interval '3600 seconds'), ('session_data', interval '7200 seconds'),
        ('user_profile', interval '1800 seconds')
    $$,
    '[C-33] the data says how long an entry of a cache may live'
);
SELECT col_is_pk('chatsphere'::name, 'cache_lifetimes'::name, 'entry'::name, 'one lifetime a kind');
SELECT throws_ok(
    $$ INSERT INTO chatsphere.cache_lifetimes VALUES ('everything', '1 hour') $$, '23514', NULL, 'there are five kinds'
);

SET LOCAL ROLE chatsphere_app;
SELECT isnt_empty($$ SELECT entry FROM chatsphere.cache_lifetimes $$, 'a program reads them, before anybody is known');
SELECT throws_ok($$ UPDATE chatsphere.cache_lifetimes SET lifetime = '1 day' $$, '42501', NULL, 'and changes none');

SET LOCAL ROLE chatsphere_worker;
SELECT throws_ok($$ UPDATE chatsphere.cache_lifetimes SET lifetime = '0' $$, '23514', NULL, 'an entry lives');
SELECT throws_ok($$ UPDATE chatsphere.cache_lifetimes SET lifetime = '25 hours' $$, '23514', NULL, 'but not for ever');
SELECT lives_ok(
    $$ UPDATE chatsphere.cache_lifetimes SET lifetime = '1 minute' WHERE entry = 'api_response' $$, 'a job may change one'
);
RESET ROLE;
SELECT isnt(
    (SELECT updated_at FROM chatsphere.cache_lifetimes WHERE entry = 'api_response'), NULL, 'and when is written down'
);

SELECT * FROM finish();
ROLLBACK;
