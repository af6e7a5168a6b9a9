-- Carry out the other policies where one fails, and note by what; let no busy table keep them waiting.
-- depends: 0100.kernel.count-without-keys
-- locks: ACCESS EXCLUSIVE on kernel.retention_policy, for an instant; it has a row a policy

ALTER TABLE kernel.retention_policy
ADD COLUMN error_code text,
-- A row a policy, looked through in an instant.
-- squawk-ignore constraint-missing-not-valid
ADD CONSTRAINT retention_policy_error_code_check CHECK (error_code ~ '^[0-9A-Z]{5}$');

COMMENT ON COLUMN kernel.retention_policy.error_code IS
'SQLSTATE by which its last batch in a run failed; NULL where it did not. The words are in the server''s
log.';

-- What these did is done by others, or by those of the same name with more arguments.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS
    kernel.mark_swept(text, boolean),
    kernel.references_to(regclass),
    kernel.retention_free(regclass, boolean);
