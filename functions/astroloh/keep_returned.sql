CREATE OR REPLACE FUNCTION astroloh.keep_returned()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- What staff is looking at in this moment is theirs.
    PERFORM kernel.refuse_request(returned.id, 'The person came back.')
    FROM (
        SELECT r.id
        FROM kernel.subject_request AS r
        JOIN astroloh.users AS u ON u.id = r.subject::uuid
        WHERE r.app = 'astroloh'
          AND r.kind = 'erasure'
          AND r.origin = 'retention'
          AND r.state = 'verified'
          AND u.last_accessed > r.requested_at
        ORDER BY r.requested_at
        LIMIT 500
        FOR UPDATE OF r SKIP LOCKED
    ) AS returned;
END;
$$;

COMMENT ON FUNCTION astroloh.keep_returned() IS
'Takes people off the review whose time was over, and who were here since: nobody is erased who is back.
They are asked for their consent anew. For astroloh.enforce_data_retention().';
