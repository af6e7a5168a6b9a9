CREATE OR REPLACE VIEW kernel.pinned_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.held_subject AS h
UNION ALL
-- What somebody asked to see or to have erased is not to vanish unseen meanwhile.
SELECT r.app, r.subject
FROM kernel.subject_request AS r
WHERE r.state NOT IN ('done', 'refused');

COMMENT ON VIEW kernel.pinned_subject IS
'The people whose rows may not be destroyed by the way now, one row a reason: a legal hold, or an
open request of theirs. Retention and the expiry of partitions take kernel.lock_pins() first, then
leave the rows of these people alone; erasure asks kernel.held_subject.';
COMMENT ON COLUMN kernel.pinned_subject.app IS
'The app.';
COMMENT ON COLUMN kernel.pinned_subject.subject IS
'The person: the user id as PostgreSQL writes it.';

GRANT SELECT ON kernel.pinned_subject TO strongroom_runner;
