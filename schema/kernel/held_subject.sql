CREATE OR REPLACE VIEW kernel.held_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL AND h.subject IS NOT NULL;

COMMENT ON VIEW kernel.held_subject IS
'The people whom a legal hold keeps, one row a hold: whose rows nothing destroys, erasure neither.
Whatever destroys takes kernel.lock_pins() first.';
COMMENT ON COLUMN kernel.held_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.held_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.held_subject TO strongroom_runner;
