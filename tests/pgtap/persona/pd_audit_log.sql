-- The journal: who saw or changed whose data, by columns of its own, over the log of the kernel.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute AS a
    WHERE a.attrelid = 'persona.pd_audit_log'::regclass AND a.attnum > 0
    ORDER BY a.attnum
    LIMIT 6
    $$,
    $$
    VALUES
        ('id', 'bigint'), ('actor_id', 'bigint'), ('target_user_id', 'bigint'), ('action', 'text'), ('details', 'jsonb'),
        ('created_at', 'timestamp with time zone')
    $$,
    '[P-15] [P-15.1..P-15.6] pd_audit_log has its columns'
);
SELECT is_empty(
    $$ SELECT c.conname FROM pg_constraint AS c WHERE c.conrelid IN ('kernel.audit_log'::regclass, 'kernel.audit_inbox'::regclass) AND c.contype = 'f' $$,
    '[P-F1] nothing that is deleted takes an entry along'
);
SELECT is(
    (
        SELECT count(*) FROM pg_indexes AS i
        WHERE i.schemaname = 'kernel' AND i.tablename = 'audit_log' AND i.indexname IN ('audit_log_subject_idx', 'audit_log_actor_at_idx')
    ),
    2::bigint, '[P-F5] the journal is indexed by person, and by who acted and when'
);
SELECT persona.register_user(1, 'canary_root') AS root, persona.register_user(2, 'canary_ann') AS ann
\gset
INSERT INTO persona.admin_users (user_id, can_manage_users) VALUES (:root, true);
SET LOCAL ROLE persona_app;
SELECT set_config('kernel.app', 'persona', true), set_config('kernel.user_id', :'root', true), set_config('kernel.request_id', 'r-7', true);
SELECT count(*) FROM persona.view_profile(:ann);
SELECT persona.change_settings_of(:ann, 'canary signature', 'cny', NULL);
SELECT set_config('kernel.user_id', :'ann', true), set_config('kernel.actor', 'bot', true);
UPDATE persona.user_settings SET signature = 'mine';
RESET ROLE;
SELECT set_config('kernel.actor', 'olga', true);
SELECT count(kernel.export_subject('persona', :'ann'));

SET LOCAL ROLE strongroom_auditor;
SELECT results_eq(
    format(
        $$ SELECT actor_id, target_user_id, action, details ->> 'table', details #>> '{columns,0}', request_id
        FROM persona.pd_audit_log WHERE subject = %L ORDER BY id $$, :'ann'
    ),
    format(
        $$
        VALUES
            (NULL::bigint, %2$s::bigint, 'create_profile', 'users', NULL, NULL), (NULL, %2$s, 'create_settings', 'user_settings', NULL, NULL),
            (%1$s, %2$s, 'view_profile', NULL, 'users.telegram_id', 'r-7'), (%1$s, %2$s, 'update_settings', 'user_settings', NULL, 'r-7'),
            (%1$s, %2$s, 'update_settings', NULL, 'user_settings.signature', 'r-7'), (NULL, %2$s, 'update_settings', 'user_settings', NULL, 'r-7'),
            (NULL, %2$s, 'export_data', NULL, 'persona.users', 'r-7')
        $$, :'root', :'ann'
    ),
    '[P-24] [P-15.2..P-15.5] [P-08] the journal says who did what with whose data'
);
SELECT is_empty($$ SELECT FROM persona.pd_audit_log AS l WHERE l::text ~ 'canary' $$, '[P-F19] and copies no value');
RESET ROLE;

-- By administrators, once it is under a seal.
SELECT kernel.seal_audit();
SET LOCAL ROLE persona_app;
SELECT throws_ok(
    $$ SELECT FROM persona.pd_audit_log $$, '42501', NULL, '[P-26] a person does not read the journal'
);
SELECT throws_ok(
    $$ SELECT FROM kernel.app_audit('persona', '2000-01-01', '2100-01-01') $$, '42501', NULL, '[P-26] nor what is below it'
);
SELECT throws_ok(
    $$ SELECT FROM persona.list_pd_audit('2000-01-01', '2100-01-01') $$, 'LB001', NULL, '[P-26] nor asks for it without the right'
);
SELECT set_config('kernel.user_id', :'root', true);
SELECT cmp_ok(
    (SELECT count(*) FROM persona.list_pd_audit('2000-01-01', '2100-01-01')), '>', 5::bigint, '[P-29] the journal is listed'
);
SELECT is_empty($$ SELECT FROM persona.list_pd_audit('2000-01-01', '2000-01-02') $$, '[P-29] by time');
SELECT is(
    (SELECT array_agg(l.action ORDER BY l.id) FROM persona.list_pd_audit('2000-01-01', '2100-01-01', p_actor_id => :root) AS l),
    '{view_profile, update_settings, update_settings}', '[P-29] by who acted'
);
SELECT is(
    (SELECT array_agg(DISTINCT l.target_user_id) FROM persona.list_pd_audit('2000-01-01', '2100-01-01', p_target_user_id => :ann) AS l),
    ARRAY[:ann]::bigint[], '[P-29] by person'
);
SELECT is(
    (
        SELECT array_agg(l.actor_id || l.action)
        FROM persona.list_pd_audit('2000-01-01', '2100-01-01', :root, :ann, 'view_profile', 10) AS l
    ),
    ARRAY[:root || 'view_profile'], '[P-29] by action'
);
SELECT is(
    (SELECT count(*) FROM persona.list_pd_audit('2000-01-01', '2100-01-01', p_limit => 2) AS l), 2::bigint, '[P-29] so many'
);
SELECT is_empty($$ SELECT FROM persona.list_pd_audit(NULL, NULL) $$, 'of no time, nothing');

-- It outlives both.
RESET ROLE;
SELECT set_config('kernel.actor', '', true);
DELETE FROM persona.users WHERE id IN (:root, :ann);
SELECT is(
    (SELECT count(*) FROM persona.pd_audit_log AS l WHERE l.actor_id = :root AND l.target_user_id = :ann), 3::bigint,
    '[P-F1] [X-3] who acted and whose data it was are gone, and the entries stay'
);
SELECT throws_ok(change.sql, 'KR020', NULL, '[P-F1] and nobody changes them: ' || change.sql)
FROM (VALUES ('DELETE FROM kernel.audit_log'), ('UPDATE kernel.audit_log SET actor = ''x''')) AS change (sql);

SELECT * FROM finish();
ROLLBACK;
