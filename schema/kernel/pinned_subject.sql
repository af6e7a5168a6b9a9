CREATE OR REPLACE VIEW kernel.pinned_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL AND h.subject IS NOT NULL;

COMMENT ON VIEW kernel.pinned_subject IS
'The people whose rows may not be destroyed now, one row a reason. Whatever destroys takes
kernel.lock_pins() first, then leaves the rows of these people alone.';
COMMENT ON COLUMN kernel.pinned_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.pinned_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.pinned_subject TO strongroom_runner;
