-- Nobody goes to review any more; nothing is lost.

DELETE FROM kernel.job WHERE name = 'astroloh_retention';
DROP VIEW astroloh.data_deletion_requests;
DROP FUNCTION IF EXISTS astroloh.tend_people(), astroloh.enforce_data_retention();
