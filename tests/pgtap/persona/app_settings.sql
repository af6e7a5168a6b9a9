-- The one row of settings: what it may hold, who changes it, that it stays.
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
    WHERE a.attrelid = 'persona.app_settings'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('id', 'smallint', true, '1'),
        ('active_llm_vendor', 'persona.llm_vendor', true, NULL),
        ('llm_config', 'jsonb', true, '''{}''::jsonb'),
        ('consent_text', 'text', true, NULL),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('cache_ttl', 'interval', false, '''30 days''::interval'),
        ('private_cache_ttl', 'interval', true, '''1 day''::interval')
    $$,
    '[P-12] [P-12.1..P-12.5] [P-F9] app_settings has its columns'
);

SELECT col_is_pk('persona'::name, 'app_settings'::name, 'id'::name, '[P-12.1] the key is id');
SELECT results_eq(
    $$ SELECT id, active_llm_vendor::text, llm_config, length(consent_text) > 0, cache_ttl, private_cache_ttl FROM persona.app_settings $$,
    $$ VALUES (1::smallint, 'yandex', jsonb '{}', true, interval '30 days', interval '1 day') $$,
    '[P-19] [P-12.4] the row is there from the start, with a vendor and a text'
);
SELECT throws_ok(
    format('INSERT INTO persona.app_settings (id, active_llm_vendor, consent_text) VALUES (%s, ''openai'', ''x'')', second.id),
    second.sqlstate, NULL, '[P-19] [P-F4] there is no second row with id ' || second.id
)
FROM (VALUES ('1', '23505'), ('2', '23514'), ('0', '23514'), ('DEFAULT', '23505'), ('NULL', '23502')) AS second (id, sqlstate);
SELECT lives_ok(
    $$ INSERT INTO persona.app_settings (active_llm_vendor, consent_text) VALUES ('openai', 'x') ON CONFLICT (id) DO NOTHING $$,
    '[P-F4] making it again is harmless'
);
SELECT throws_ok(lost.sql, 'LB004', NULL, '[P-F4] the row can''t be lost: ' || lost.sql)
FROM (VALUES ('DELETE FROM persona.app_settings'), ('DELETE FROM persona.app_settings WHERE id = 7')) AS lost (sql);
SELECT throws_ok('TRUNCATE persona.app_settings', NULL, NULL, '[P-F4] nor by TRUNCATE');
SELECT throws_ok('UPDATE persona.app_settings SET id = 2', NULL, NULL, '[P-F4] nor moved');
SELECT throws_ok(
    format('UPDATE persona.app_settings SET %s', wrong.assignment), wrong.sqlstate, NULL,
    format('[%s] settings can''t have %s', wrong.number, wrong.assignment)
)
FROM (
    VALUES
        ('P-12.2', 'active_llm_vendor = ''acme''', '23514'), ('P-12.2', 'active_llm_vendor = NULL', '23502'),
        ('P-12.3', 'llm_config = ''[]''', '23514'), ('P-12.4', 'consent_text = ''''', '23514'),
        ('P-F13', 'llm_config = ''{"openai": {"api_key": "x"}}''', '23514'),
        ('P-F13', 'llm_config = ''{"apiKey": "x"}''', '23514'),
        ('P-F13', 'llm_config = ''{"a": [{"IAM-token": "x"}]}''', '23514'),
        ('P-F13', 'llm_config = ''{"openai": {"client_secret": null}}''', '23514'),
        ('P-F13', 'llm_config = ''{"note": "use sk-abcdefghijklmnopqrst"}''', '23514'),
        ('P-F13', 'llm_config = ''{"headers": ["Bearer abcdefghijklmnopqrst"]}''', '23514'),
        ('P-21', 'cache_ttl = ''0''', '23514'), ('P-21', 'cache_ttl = ''-1 day''', '23514'),
        ('P-21', 'cache_ttl = ''1 month''', '23514'), ('P-21', 'private_cache_ttl = ''31 days''', '23514'),
        ('P-F15', 'private_cache_ttl = NULL', '23502')
) AS wrong (number, assignment, sqlstate);
SELECT lives_ok(
    $$ UPDATE persona.app_settings SET llm_config = '{"openai": {"model": "m", "max_tokens": 100, "temperature": 0.3}}', cache_ttl = NULL $$,
    '[P-12.3] [P-21] limits and models are no secrets, and answers may be kept for ever'
);

-- Everybody reads them; who has the right changes them.
SELECT persona.register_user(1) AS root, persona.register_user(2) AS ann
\gset
INSERT INTO persona.admin_users (user_id, can_manage_keys, can_manage_users) VALUES (:root, true, false), (:ann, false, true);
SET LOCAL ROLE persona_app;
SELECT is((SELECT count(*) FROM persona.app_settings), 1::bigint, '[P-29] the app reads them');
SELECT throws_ok($$ UPDATE persona.app_settings SET cache_ttl = NULL $$, '42501', NULL, '[P-26] and does not write them');
SELECT throws_ok(
    $$ SELECT persona.change_app_settings('openai', '{}', '1 day', '1 hour') $$, 'KR001', NULL, '[P-26] nor does nobody'
);
SELECT set_config('kernel.user_id', :'ann', true);
SELECT throws_ok(
    $$ SELECT persona.change_app_settings('openai', '{}', '1 day', '1 hour') $$, 'LB001', NULL,
    '[P-26] nor who may manage users alone'
);
SELECT set_config('kernel.user_id', :'root', true);
SELECT lives_ok(
    $$ SELECT persona.change_app_settings('openai', '{"openai": {"model": "m"}}', '1 day', '1 hour') $$,
    '[P-26] [P-29] who may manage keys does'
);
SELECT results_eq(
    $$ SELECT active_llm_vendor::text, llm_config, cache_ttl, private_cache_ttl, updated_at FROM persona.app_settings $$,
    $$ VALUES ('openai', jsonb '{"openai": {"model": "m"}}', interval '1 day', interval '1 hour', now()) $$,
    '[P-18] [P-12.5] and the stamp moves'
);
RESET ROLE;
SELECT results_eq(
    $$ SELECT e.actor, e.operation FROM kernel.audit_entries AS e WHERE e.relation = 'app_settings' AND e.actor IS NOT NULL $$,
    format($$ VALUES ('admin:%s', 'UPDATE') $$, :'root'), '[P-24] it is written down who did'
);

SELECT * FROM finish();
ROLLBACK;
