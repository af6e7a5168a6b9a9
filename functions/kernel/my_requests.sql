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
