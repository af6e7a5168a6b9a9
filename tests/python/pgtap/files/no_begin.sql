SET search_path = pgtap, pg_catalog;
SELECT plan(1);
SELECT pass('alone');
