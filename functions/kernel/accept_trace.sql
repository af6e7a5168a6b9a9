CREATE OR REPLACE FUNCTION kernel.accept_trace(
    p_id uuid,
    p_relation text,
    p_column text,
    p_reason text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM kernel.require_request_reason(p_reason);
    PERFORM kernel.require_request(p_id);
    UPDATE kernel.erasure_trace AS t
    SET accepted_at = now(),
        accepted_by = coalesce(kernel.actor(), session_user),
        accepted_reason = p_reason
    WHERE t.request_id = p_id
      AND t.relation_name = p_relation
      AND t.column_name = p_column
      AND t.accepted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR097',
            MESSAGE = 'nothing was found there that waits for an answer',
            HINT = 'Take table and column from kernel.erasure_trace, as they are written there.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.accept_trace(uuid, text, text, text) IS
'Staff has looked at what the search after an erasure found in a column, and says that it stays: the
same word in somebody else''s text, say. It is in the evidence, with the reason.
Raises KR091 UnknownRequest, KR092 UnfitRequest, KR097 UnknownTrace.';

GRANT EXECUTE ON FUNCTION kernel.accept_trace(uuid, text, text, text) TO strongroom_runner;
