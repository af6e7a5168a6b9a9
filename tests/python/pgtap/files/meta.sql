BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
\set wanted 3
SELECT plan(2);
SELECT 2 AS two \gset
SELECT is(:two + 1, :wanted, 'counted by psql');
SELECT is(:two, :wanted, 'counted wrongly by psql');
SELECT * FROM finish();
ROLLBACK;
