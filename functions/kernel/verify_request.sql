CREATE OR REPLACE FUNCTION kernel.verify_request(p_id uuid, p_code text)
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_person CONSTANT record := kernel.request_identity();
    v_max smallint;
    v_request record;
BEGIN
    SELECT coalesce(max(p.max_attempts), 5)
    INTO v_max
    FROM kernel.request_policy AS p
    WHERE p.app = v_person.app;
    SELECT r.code_salt, r.code_hash, r.code_expires_at, r.attempts
    INTO v_request
    FROM kernel.subject_request AS r
    WHERE r.id = p_id
      AND r.app = v_person.app
      AND r.subject = v_person.subject
      AND r.state = 'requested'
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN 'rejected';
    END IF;
    IF kernel.hash_request_code(v_request.code_salt, p_code) = v_request.code_hash
        AND v_request.code_expires_at > clock_timestamp()
    THEN
        UPDATE kernel.subject_request AS r SET state = 'verified' WHERE r.id = p_id;
        RETURN 'verified';
    END IF;

    UPDATE kernel.subject_request AS r
    SET attempts = r.attempts + 1,
        state = CASE WHEN r.attempts + 1 >= v_max THEN 'refused' ELSE r.state END,
        state_reason = CASE WHEN r.attempts + 1 >= v_max THEN 'too many wrong codes' END
    WHERE r.id = p_id;
    RETURN 'rejected';
END;
$$;

COMMENT ON FUNCTION kernel.verify_request(uuid, text) IS
'Confirms a request of the person of this transaction by its code: verified, or rejected. One answer
for a wrong code, one that is too old or was used, a request that is nobody''s or another person''s.
No error, so that the count of attempts is committed; the last one refuses the request.
Raises KR001 MissingIdentity.
@nonnull';

ALTER FUNCTION kernel.verify_request(uuid, text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.verify_request(uuid, text) TO strongroom_client;
