-- Keys of vendors: an envelope each, written in the name of who has the right.
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
    WHERE a.attrelid = 'persona.vendor_keys'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('vendor', 'persona.llm_vendor', true, NULL),
        ('api_key', 'kernel.sealed', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP')
    $$,
    '[P-27] there is a place for keys of vendors'
);

SELECT throws_ok(
    $$ INSERT INTO persona.vendor_keys (vendor, api_key) VALUES ('openai', 'sk-in-clear') $$, '23514', NULL,
    '[P-27] [P-F13] where a key in clear does not fit'
);
SELECT throws_ok(
    format('INSERT INTO persona.vendor_keys (vendor, api_key) VALUES (''openai'', %L)', '\x01' || repeat('00', 64)::bytea), NULL, NULL,
    '[P-27] nor one under a key that is not there'
);
SELECT persona.register_user(1) AS root, persona.register_user(2) AS ann
\gset
INSERT INTO persona.admin_users (user_id, can_manage_keys, can_manage_users) VALUES (:root, true, false), (:ann, false, true);
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.user_id', :'root', true);
SELECT throws_ok(
    touch.sql, '42501', NULL, '[P-26] the app can''t: ' || touch.sql
)
FROM (
    VALUES
        ('SELECT api_key FROM persona.vendor_keys'), ('DELETE FROM persona.vendor_keys'),
        ('UPDATE persona.vendor_keys SET api_key = NULL'), ('INSERT INTO persona.vendor_keys (vendor) VALUES (''openai'')')
) AS touch (sql);
SET LOCAL ROLE persona_worker;
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok(touch.sql, 'KR001', NULL, '[P-26] a worker in nobody''s name can''t: ' || touch.sql)
FROM (VALUES ('DELETE FROM persona.vendor_keys'), ('UPDATE persona.vendor_keys SET api_key = api_key')) AS touch (sql);
SELECT set_config('kernel.user_id', :'ann', true);
SELECT throws_ok('DELETE FROM persona.vendor_keys', 'LB001', NULL, '[P-26] nor in that of who may manage users alone');
SELECT set_config('kernel.user_id', :'root', true);
SELECT lives_ok('DELETE FROM persona.vendor_keys', '[P-26] but in that of who may manage keys');
SELECT is_empty('SELECT api_key FROM persona.vendor_keys', '[P-27] a worker reads them');

SELECT * FROM finish();
ROLLBACK;
