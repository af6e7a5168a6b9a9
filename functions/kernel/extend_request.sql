CREATE OR REPLACE FUNCTION kernel.extend_request(p_id uuid, p_reason text)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_request kernel.subject_request;
    v_until timestamptz;
BEGIN
    PERFORM kernel.require_request_reason(p_reason);
    v_request := kernel.require_request(p_id);
    v_until := kernel.request_due(v_request.regime, v_request.kind, v_request.requested_at, true);
    IF v_request.due_at <= now()
        OR v_until <= v_request.due_at
        OR v_request.extended_to IS NOT NULL
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR094',
            MESSAGE = format('the term of request %s can''t be extended', p_id),
            DETAIL = CASE
                WHEN v_request.extended_to IS NOT NULL THEN 'It was extended already.'
                WHEN v_request.due_at <= now() THEN 'It is over; the person had to be told before.'
                ELSE 'The law has no longer one for this kind of request.'
            END,
            HINT = 'Answer it now.';
    END IF;
    UPDATE kernel.subject_request AS r
    SET extended_to = v_until, extension_reason = p_reason
    WHERE r.id = p_id;
    RETURN v_until;
END;
$$;

COMMENT ON FUNCTION kernel.extend_request(uuid, text) IS
'Extends the term of an open request once, before it is over, for a reason that the person is told;
the new end: three months (gdpr) or fifteen working days (fz152) after it was asked for.
Raises KR090 IllegalRequestMove, KR091 UnknownRequest, KR092 UnfitRequest, KR094 TermNotExtended.';

GRANT EXECUTE ON FUNCTION kernel.extend_request(uuid, text) TO strongroom_runner;
