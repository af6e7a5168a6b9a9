SELECT pgtap.plan(1);
SELECT pgtap.pass('alone');
