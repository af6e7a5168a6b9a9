CREATE OR REPLACE FUNCTION kernel.trim_requests(p_limit integer)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old uuid[];
BEGIN
    v_old := ARRAY(
        SELECT r.id
        FROM kernel.subject_request AS r
        WHERE r.ended_at <= now() - interval '3 years'
          -- As old as the request at least, but clocks may have been turned back.
          AND NOT EXISTS (
              SELECT FROM kernel.subject_request_event AS e
              WHERE e.request_id = r.id AND e.happened_at > now() - interval '3 years'
          )
          -- The gate of a copy asks whether these were done.
          AND NOT EXISTS (SELECT FROM kernel.replayed_erasure AS e WHERE e.request_id = r.id)
          AND NOT EXISTS (SELECT FROM kernel.erasure_evidence AS e WHERE e.id = r.id)
          AND (r.subject IS NULL OR NOT kernel.is_subject_held(r.app, r.subject))
        ORDER BY r.ended_at
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED
    );
    DELETE FROM kernel.subject_request_event AS e WHERE e.request_id = ANY (v_old);
    DELETE FROM kernel.subject_request AS r WHERE r.id = ANY (v_old);
    RETURN cardinality(v_old);
END;
$$;

COMMENT ON FUNCTION kernel.trim_requests(integer) IS
'Removes requests that ended three years ago, with their events and steps, p_limit of them at most; how
many. They stay while their evidence, a legal hold on the person or a replayed ledger needs them. A part
of kernel.tend_requests().';
