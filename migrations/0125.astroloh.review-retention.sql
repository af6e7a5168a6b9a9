-- Requests to be forgotten, also of people whose time is over.
-- depends: 0124.astroloh.create-recommendations
-- locks: none that anyone waits for; everything is new

CREATE OR REPLACE FUNCTION kernel.my_requests()
RETURNS TABLE (
    request_id uuid,
    kind text,
    regime text,
    state text,
    requested_at timestamptz,
    due_at timestamptz,
    extension_reason text,
    refusal_reason text,
    ended_at timestamptz
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_person CONSTANT record := kernel.request_identity();
BEGIN
    -- Why it is held or failed is for staff.
    RETURN QUERY
    SELECT
        r.id, r.kind, r.regime, r.state, r.requested_at, coalesce(r.extended_to, r.due_at),
        r.extension_reason, CASE WHEN r.state = 'refused' THEN r.state_reason END, r.ended_at
    FROM kernel.subject_request AS r
    WHERE r.app = v_person.app AND r.subject = v_person.subject
    ORDER BY r.requested_at DESC, r.id;
END;
$$;

COMMENT ON FUNCTION kernel.my_requests() IS
'The requests of the person of this transaction, newest first, with the term that runs now.
Raises KR001 MissingIdentity.';

ALTER FUNCTION kernel.my_requests() OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.my_requests() TO strongroom_client;

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
