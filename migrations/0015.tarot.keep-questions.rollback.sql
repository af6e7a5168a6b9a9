-- What was emptied stays empty.

DELETE FROM kernel.retention_policy WHERE name = 'reading_questions';
