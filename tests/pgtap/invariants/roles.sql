BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

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
CREATE ROLE probe_analyst;
GRANT probe_worker TO probe_analyst;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe_app is a superuser.',
        'probe_worker may log in.',
        'probe_worker may create roles.',
        'probe_worker bypasses row level security.',
        'probe_analyst has the rights of probe_worker.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('role_rights'), 5, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
