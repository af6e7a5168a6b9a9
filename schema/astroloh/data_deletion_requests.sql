CREATE VIEW astroloh.data_deletion_requests WITH (security_invoker = true) AS
SELECT
    r.request_id AS id,
    me.id AS user_id,
    CASE
        WHEN r.state IN ('requested', 'verified', 'held', 'approved') THEN 'pending'
        WHEN r.state = 'running' THEN 'processing'
        WHEN r.state = 'done' THEN 'completed'
        ELSE r.state
    END AS status,
    r.state <> 'requested' AND r.state <> 'refused' AS verified,
    r.requested_at,
    r.due_at,
    r.ended_at AS processed_at,
    r.refusal_reason
FROM (SELECT kernel.user_uuid() AS id) AS me
CROSS JOIN LATERAL kernel.my_requests() AS r
WHERE me.id IS NOT NULL AND r.kind = 'erasure';

COMMENT ON VIEW astroloh.data_deletion_requests IS
'Requests of the current user to be erased, as kernel.subject_request keeps them: it outlives the
person, and holds the code as a salted digest.
@row DataDeletionRequest';
COMMENT ON COLUMN astroloh.data_deletion_requests.id IS
'Id of the request.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.user_id IS
'Who asked.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.status IS
'pending: asked, confirmed, approved, or waiting for a legal hold. processing: under way. completed,
failed, refused: as it ended.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.verified IS
'Whether the person confirmed it by the code.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.requested_at IS
'When it was asked for.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.due_at IS
'When it must be answered.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.processed_at IS
'When it was done or refused; NULL before.
@internal';
COMMENT ON COLUMN astroloh.data_deletion_requests.refusal_reason IS
'Why it was refused; NULL where it was not.
@internal';

GRANT SELECT ON astroloh.data_deletion_requests TO astroloh_app;

-- Whose time is over comes to a request as well.
INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('astroloh_retention', 'astroloh.tend_people()', '1 hour')
ON CONFLICT DO NOTHING;
