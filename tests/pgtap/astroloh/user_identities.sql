-- By which platforms a person comes.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();
\ir _columns.sql

SELECT results_eq(
    $$ SELECT * FROM pg_temp.columns_of('astroloh.user_identities') $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('platform', 'astroloh.platform', true, NULL),
        ('platform_user_id', 'text', true, NULL),
        ('linked_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[A-09] [A-10.2] an identity is an account of a platform'
);
SELECT results_eq(
    $$ SELECT * FROM pg_temp.indexes_of('astroloh.user_identities') $$,
    $$
    VALUES
        ('UNIQUE user_identities_pkey btree (user_id, platform)'),
        ('UNIQUE user_identities_platform_user_id_key btree (platform, platform_user_id)')
    $$,
    '[A-10.2] [A-10.15] [A-F2] which is found by its unique key, and by no second index'
);

SET LOCAL ROLE astroloh_app;
SELECT set_config('test.ann', astroloh.register_user('telegram', 'a')::text, true);
SELECT set_config('test.bob', astroloh.register_user('telegram', 'b')::text, true);
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT throws_ok(
    $$ SELECT astroloh.unlink_identity('telegram') $$, 'ZD001', NULL, '[A-09] nobody loses the only way to come'
);
SELECT lives_ok(
    $$
    INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
    VALUES (kernel.user_uuid(), 'yandex_alice', 'y')
    $$,
    '[A-09] a person may come by another platform, too'
);
SELECT results_eq(
    $$ SELECT astroloh.find_user('yandex_alice', 'y') $$, $$ SELECT current_setting('test.ann')::uuid $$,
    '[A-09] and is the same there'
);
SELECT throws_matching(
    $$
    INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
    VALUES (kernel.user_uuid(), 'yandex_alice', 'other')
    $$,
    'user_identities_pkey', 'one account of each platform'
);
SELECT throws_ok(
    $$
    INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
    VALUES (current_setting('test.bob')::uuid, 'google_assistant', 'mine')
    $$,
    '42501', NULL, 'nobody links an account to somebody else'
);
SELECT pg_temp.as_person(current_setting('test.bob')::uuid);
SELECT throws_matching(
    $$
    INSERT INTO astroloh.user_identities (user_id, platform, platform_user_id)
    VALUES (kernel.user_uuid(), 'yandex_alice', 'y')
    $$,
    'user_identities_platform_user_id_key', '[A-10.2] nor takes an account that is somebody''s'
);
SELECT results_eq(
    $$ SELECT platform::text, platform_user_id FROM astroloh.user_identities $$, $$ VALUES ('telegram', 'b') $$,
    'one sees one''s own alone'
);
SELECT throws_ok(
    $$ UPDATE astroloh.user_identities SET platform_user_id = 'c' $$, '42501', NULL, 'an account is not changed'
);
SELECT throws_ok($$ DELETE FROM astroloh.user_identities $$, '42501', NULL, 'nor deleted by hand');
SELECT pg_temp.as_person(current_setting('test.ann')::uuid);
SELECT is(astroloh.unlink_identity('google_assistant'), false, 'what was never linked is not unlinked');
SELECT is(astroloh.unlink_identity('telegram'), true, 'one of two may go');
SELECT is_empty($$ SELECT astroloh.find_user('telegram', 'a') $$, 'and leads to nobody then');
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok(
    $$ SELECT astroloh.unlink_identity('telegram') $$, 'KR001', NULL, 'without an identity nothing is unlinked'
);

RESET ROLE;
SELECT results_eq(
    $$
    SELECT l.event_type, l.description FROM astroloh.security_logs AS l
    WHERE l.user_id = current_setting('test.ann')::uuid ORDER BY l.occurred_at, l.id
    $$,
    $$
    VALUES
        ('identity_change', 'a platform was linked'), ('identity_change', 'a platform was linked'),
        ('identity_change', 'a platform was unlinked')
    $$,
    '[A-07] each is an event of security'
);
SELECT results_eq(
    $$ SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default" FROM pg_constraint
    WHERE conrelid = 'astroloh.user_identities'::regclass AND contype = 'f' $$,
    $$ VALUES ('user_identities_user_id_fkey', 'c') $$,
    'identities go with the person'
);

SELECT * FROM finish();
ROLLBACK;
