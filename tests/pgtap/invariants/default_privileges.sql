BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_default_privilege AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'nothing is granted by default, to PUBLIC least of all'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_definer;
CREATE ROLE probe_maker;
ALTER DEFAULT PRIVILEGES FOR ROLE probe_maker IN SCHEMA probe GRANT SELECT ON TABLES TO tarot_app;
ALTER DEFAULT PRIVILEGES FOR ROLE probe_maker GRANT EXECUTE ON ROUTINES TO tarot_app;
ALTER DEFAULT PRIVILEGES FOR ROLE probe_maker REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
-- Large objects have defaults from 18 on.
CREATE FUNCTION pg_temp.is_18() RETURNS boolean LANGUAGE sql
RETURN current_setting('server_version_num')::integer >= 180000;
DO $$
BEGIN
    IF pg_temp.is_18() THEN
        EXECUTE 'ALTER DEFAULT PRIVILEGES FOR ROLE probe_maker'
            ' GRANT SELECT ON LARGE OBJECTS TO tarot_app';
    END IF;
END;
$$;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'tarot_app gets SELECT on every new one of the TABLES of probe_maker in schema probe.',
        'tarot_app gets EXECUTE on every new one of the ROUTINES of probe_maker.',
        'PUBLIC gets EXECUTE on every new one of the ROUTINES of probe_definer.',
        'PUBLIC gets USAGE on every new one of the TYPES of probe_definer.'
    ] || CASE
        WHEN pg_temp.is_18()
            THEN ARRAY['tarot_app gets SELECT on every new one of the LARGE OBJECTS of probe_maker.']
        ELSE '{}'
    END,
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('default_privilege'), 4 + pg_temp.is_18()::integer, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
