-- Rights: what they start at, who gives and takes them, and that everything asks for them.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'persona.admin_users'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'bigint', true, NULL),
        ('user_id', 'bigint', true, NULL),
        ('can_manage_keys', 'boolean', true, 'false'),
        ('can_view_stats', 'boolean', true, 'true'),
        ('can_manage_users', 'boolean', true, 'false'),
        ('notes', 'text', false, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[P-16] [P-16.1..P-16.7] [P-F8] admin_users has its columns; rights over keys and people start at none'
);
SELECT col_is_pk(
    'persona'::name, 'admin_users'::name, 'user_id'::name, '[P-F7] an administrator is one row'
);
SELECT fk_ok('persona', 'admin_users', 'user_id', 'persona', 'users', 'id', '[P-16.2] of a person');

SELECT
    persona.register_user(1) AS root, persona.register_user(2) AS keys, persona.register_user(3) AS stats,
    persona.register_user(4) AS ann, persona.register_user(5) AS bob
\gset
INSERT INTO persona.admin_users (user_id, can_manage_keys, can_view_stats, can_manage_users)
VALUES (:root, false, true, true);

SET LOCAL ROLE persona_app;
SELECT throws_ok(
    call.sql, 'KR001', NULL, '[P-26] nobody in particular has no rights: ' || call.sql
)
FROM (VALUES ('SELECT persona.grant_rights(1)'), ('SELECT FROM persona.list_admins()')) AS call (sql);
SELECT set_config('kernel.user_id', :'ann', true);
SELECT throws_ok(
    format(call.sql, :'ann'), 'LB001', NULL, '[P-26] a person without rights can''t: ' || call.sql
)
FROM (
    VALUES
        ('SELECT persona.grant_rights(%s, true, true, true)'), ('SELECT persona.revoke_rights(%s)'),
        ('SELECT FROM persona.list_admins()'), ('SELECT FROM persona.view_profile(%s)'),
        ('SELECT FROM persona.find_people(''x'')'),
        ('SELECT persona.change_settings_of(%s, ''x'', ''cny'', NULL)')
) AS call (sql);
SELECT throws_ok(
    $$ INSERT INTO persona.admin_users (user_id) VALUES (1) $$, '42501', NULL, '[P-26] nor enter the table'
);
SELECT throws_ok(
    $$ SELECT persona.require_right('manage_users') $$, '42501', NULL, 'nor ask for others'
);

SELECT set_config('kernel.user_id', :'root', true);
SELECT throws_ok(
    format('SELECT persona.grant_rights(%s, true)', :'keys'), 'LB001', NULL,
    '[P-26] nobody gives a right that he does not have'
);
SELECT throws_ok($$ SELECT persona.grant_rights(-1) $$, 'LB002', NULL, 'or makes somebody of nobody');
SELECT throws_ok($$ SELECT persona.grant_rights(NULL) $$, 'LB002', NULL, 'whoever that is');
SELECT lives_ok(
    format('SELECT persona.grant_rights(%s, p_notes => ''counts'')', :'stats'), '[P-25] rights are given'
);
SELECT results_eq(
    $$ SELECT user_id, can_manage_keys, can_view_stats, can_manage_users, notes FROM persona.list_admins() ORDER BY 1 $$,
    format(
        'VALUES (%s::bigint, false, true, true, NULL), (%s, false, true, false, ''counts'')', :'root', :'stats'
    ),
    '[P-25] [P-F8] one is given sight of the figures, and nothing else, unless it is said'
);
SELECT throws_ok(
    format('SELECT persona.grant_rights(%s)', :'root'), 'LB003', NULL, 'the last who may does not stop himself'
);
SELECT throws_ok(
    format('SELECT persona.revoke_rights(%s)', :'root'), 'LB003', NULL, 'nor leaves'
);
SELECT lives_ok(
    format('SELECT persona.grant_rights(%s, false, false, true)', :'bob'), '[P-25] another one is made'
);
SELECT lives_ok(
    format('SELECT persona.grant_rights(%s, false, false, false)', :'root'), 'then one may'
);
SELECT throws_ok(
    $$ SELECT FROM persona.list_admins() $$, 'LB001', NULL, '[P-26] and has the right no more, at once'
);

SELECT set_config('kernel.user_id', :'bob', true);
SELECT results_eq(
    $$ SELECT can_manage_keys, can_view_stats, can_manage_users FROM persona.admin_users $$,
    $$ VALUES (false, false, true) $$, 'one sees one''s own rights alone'
);
SELECT lives_ok(
    format('SELECT persona.grant_rights(%s, false, true, true)', :'stats'),
    '[P-25] a right that was there is kept, by one who does not have it'
);
SELECT is(
    (SELECT a.notes FROM persona.list_admins() AS a WHERE a.user_id = :stats), 'counts', 'notes stay'
);
SELECT is(persona.revoke_rights(:stats), true, '[P-25] rights are taken');
SELECT is(persona.revoke_rights(:stats), false, 'once');

-- What is looked at and changed is written down, by whom, of whom, without a value.
SELECT results_eq(
    format('SELECT telegram_id, signature FROM persona.view_profile(%s)', :'ann'),
    $$ VALUES (4::bigint, '@annabbox') $$, '[P-29] an administrator looks at a person'
);
SELECT throws_ok($$ SELECT FROM persona.view_profile(-1) $$, 'LB002', NULL, 'who is there');
SELECT is(
    persona.change_settings_of(:ann, 'secret-canary', 'rub', 11.5),
    '{user_settings.signature, user_settings.default_currency, user_settings.exchange_rate}',
    '[P-29] and changes what that one set'
);
SELECT is(
    persona.change_settings_of(:ann, 'secret-canary', 'rub', 11.50004),
    '{}', 'what does not change is not said to'
);
SELECT throws_ok(
    $$ SELECT persona.change_settings_of(-1, 'x', 'cny', NULL) $$, 'LB002', NULL, 'of somebody who is there'
);
RESET ROLE;
UPDATE persona.users SET username = 'Ann_B' WHERE id IN (:ann, :keys);
SET LOCAL ROLE persona_app;
SELECT results_eq(
    $$ SELECT id FROM persona.find_people('@ann_b') $$, format('VALUES (%s::bigint), (%s)', :'ann', :'keys'),
    '[P-F17] a name finds everybody who had it, the newest first'
);
RESET ROLE;
SELECT results_eq(
    $$
    SELECT e.actor, e.subject, e.details ->> 'action', e.details -> 'columns' ->> 0
    FROM kernel.audit_entries AS e
    WHERE e.app = 'persona' AND e.operation = 'ACCESS'
    ORDER BY e.id
    $$,
    format(
        $$
        VALUES
            ('admin:%1$s', '%2$s', 'view_profile', 'users.telegram_id'),
            ('admin:%1$s', '%2$s', 'update_settings', 'user_settings.signature'),
            ('admin:%1$s', '%2$s', 'update_settings', NULL),
            ('admin:%1$s', '%2$s', 'find_profile', 'users.telegram_id'),
            ('admin:%1$s', '%3$s', 'find_profile', 'users.telegram_id')
        $$, :'bob', :'ann', :'keys'
    ),
    '[P-24] [P-15] [P-15.4] [P-15.5] each of it is written down: who, of whom, what'
);
SELECT is_empty(
    $$ SELECT FROM kernel.audit_entries AS e WHERE e::text LIKE '%secret-canary%' $$,
    '[P-F19] and no value of a person with it'
);
SELECT results_eq(
    $$
    SELECT e.actor, e.operation, e.subject
    FROM kernel.audit_entries AS e
    WHERE e.app = 'persona' AND e.relation = 'admin_users'
    ORDER BY e.id
    $$,
    format(
        $$
        VALUES
            (NULL, 'INSERT', '%1$s'), ('admin:%1$s', 'INSERT', '%2$s'), ('admin:%1$s', 'INSERT', '%3$s'),
            ('admin:%1$s', 'UPDATE', '%1$s'), ('admin:%3$s', 'UPDATE', '%2$s'), ('admin:%3$s', 'DELETE', '%2$s')
        $$, :'root', :'stats', :'bob'
    ),
    '[P-24] and so is every change of a right'
);

SELECT * FROM finish();
ROLLBACK;
