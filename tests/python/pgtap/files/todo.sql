BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(3);
SELECT todo('not built yet', 2);
SELECT fail('still to be built');
SELECT pass('built already');
SELECT pass('as ever');
SELECT * FROM finish();
ROLLBACK;
