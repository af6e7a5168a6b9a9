BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(8);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_role_rights AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every role of the kernel and of every app exists, and policies bind each of them'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_app SUPERUSER;
CREATE ROLE probe_worker LOGIN CREATEROLE BYPASSRLS;
CREATE ROLE probe_definer;
GRANT probe_definer TO strongroom_owner, strongroom_login;
GRANT strongroom_owner, probe_app TO strongroom_login;
CREATE ROLE probe_analyst;
GRANT probe_worker TO probe_analyst;
-- By way of a role that is nobody's, and into those that the server has.
CREATE ROLE probe_group;
GRANT probe_worker TO probe_group;
GRANT probe_group, pg_read_all_data TO probe_definer;
CREATE ROLE probe_backup BYPASSRLS;
GRANT probe_backup TO strongroom_runner;
GRANT probe_analyst TO strongroom_login WITH ADMIN OPTION;
-- These give nothing that matters.
CREATE ROLE probe_people;
GRANT probe_people TO probe_analyst;
GRANT pg_monitor TO strongroom_runner;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe|login' $$,
    ARRAY[
        'probe_app is a superuser.',
        'probe_worker may log in.',
        'probe_worker may create roles.',
        'probe_worker bypasses row level security.',
        'probe_analyst has the rights of probe_worker.',
        'probe_definer has the rights of probe_group (and probe_worker).',
        'probe_definer has the rights of pg_read_all_data.',
        'strongroom_login may become probe_definer.',
        'strongroom_login may become strongroom_owner.',
        'strongroom_login may become probe_app.',
        'strongroom_login may grant probe_analyst to others.',
        'strongroom_runner may become probe_backup.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('role_rights', 'probe|login'), 12, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe|login' $$,
    'and that done, nothing is found'
);

-- An application's login that inherits acts as all of its roles at once, and must stay able to become them.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 160000 THEN
        EXECUTE 'GRANT tarot_app TO strongroom_login WITH INHERIT TRUE';
    ELSE
        ALTER ROLE strongroom_login INHERIT;
    END IF;
END;
$$;
SELECT ok(
    'strongroom_login has the rights of tarot_app.' IN (SELECT f.detail FROM pg_temp.found AS f),
    'a login that inherits is told of'
);
SELECT cmp_ok(pg_temp.mend('role_rights', 'login'), '>=', 1, 'it says what mends it');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'login' $$,
    'and that done, nothing is found'
);
SELECT ok(
    pg_has_role('strongroom_login', 'tarot_app', 'MEMBER'),
    'and the application can still become its role'
);

SELECT * FROM finish();
ROLLBACK;
