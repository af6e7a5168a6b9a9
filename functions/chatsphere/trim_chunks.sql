CREATE OR REPLACE FUNCTION chatsphere.trim_chunks(
    p_user_id uuid,
    p_chatbot_id uuid,
    p_source_id uuid,
    p_lease_id uuid,
    p_count integer
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_deleted bigint;
BEGIN
    IF (p_count >= 0) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP007',
            MESSAGE = 'a source can''t have so many pieces',
            DETAIL = format('The number is %s.', coalesce(p_count::text, 'NULL')),
            HINT = 'Pass how many there are: 0 or more.';
    END IF;
    PERFORM chatsphere.lock_lease(p_user_id, p_chatbot_id, p_source_id, p_lease_id);
    DELETE FROM chatsphere.document_chunks AS k
    WHERE k.user_id = p_user_id
      AND k.chatbot_id = p_chatbot_id
      AND k.source_id = p_source_id
      AND k.chunk_index >= p_count;
    GET DIAGNOSTICS v_deleted = ROW_COUNT;
    RETURN v_deleted;
END;
$$;

COMMENT ON FUNCTION chatsphere.trim_chunks(uuid, uuid, uuid, uuid, integer) IS
'Deletes what a source that the lease holds had beyond its first so many pieces, when it was learned
before; how many these were. Raises SP007 CountOutOfRange, SP012 LeaseLost.
@nonnull';

ALTER FUNCTION chatsphere.trim_chunks(uuid, uuid, uuid, uuid, integer) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.trim_chunks(uuid, uuid, uuid, uuid, integer)
TO chatsphere_worker;
