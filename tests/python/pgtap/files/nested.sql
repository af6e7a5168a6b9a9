BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
CREATE FUNCTION pg_temp.fails_inside() RETURNS SETOF text LANGUAGE sql
AS $$ SELECT '    not ok 1 - the inner one' UNION ALL SELECT '    #   have: 5'; $$;
SELECT plan(1);
SELECT pg_temp.fails_inside();
SELECT fail('the outer one');
SELECT * FROM finish();
ROLLBACK;
