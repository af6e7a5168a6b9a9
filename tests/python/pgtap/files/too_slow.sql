BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);
SELECT pass('quick');
SELECT pg_sleep(600);
SELECT pass('never');
SELECT * FROM finish();
ROLLBACK;
