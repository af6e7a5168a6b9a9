BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(1);
SELECT pass('left by a committed part of another file');
\ir _commits.sql
SELECT * FROM finish();
ROLLBACK;
