BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(1);
SELECT pass('open to the end');
SELECT * FROM finish();
