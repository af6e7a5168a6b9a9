CREATE OR REPLACE FUNCTION chatsphere.claim_sources(
    p_count integer DEFAULT 1,
    p_lease interval DEFAULT '5 minutes',
    OUT user_id uuid,
    OUT chatbot_id uuid,
    OUT source_id uuid,
    OUT lease_id uuid,
    OUT attempt integer,
    OUT leased_until timestamptz
)
RETURNS SETOF record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Whatever statistics say of a table that was empty when they were taken.
SET enable_seqscan = off
-- A plan for a known number always looks cheaper than one for any, so each call would make its own:
-- twice the work of the claim. Both are the same one.
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    IF p_count IS NULL
        OR p_count NOT BETWEEN 1 AND 10000
        OR p_lease IS NULL
        OR p_lease NOT BETWEEN interval '1 second' AND interval '1 day'
    THEN
        PERFORM chatsphere.refuse_claim();
    END IF;
    RETURN QUERY
    UPDATE chatsphere.training_jobs AS j
    SET available_at = now() + p_lease,
        attempts = j.attempts + 1,
        lease_id = gen_random_uuid()
    -- By place in the file: what was locked is there until the end of the statement.
    WHERE j.ctid = ANY (
        ARRAY(
            SELECT free.ctid
            FROM chatsphere.training_jobs AS free
            WHERE free.available_at <= now() AND free.attempts < 5
            ORDER BY free.available_at
            LIMIT p_count
            FOR UPDATE SKIP LOCKED
        )
    )
    RETURNING j.user_id, j.chatbot_id, j.source_id, j.lease_id, j.attempts, j.available_at;
END;
$$;

COMMENT ON FUNCTION chatsphere.claim_sources(integer, interval) IS
'Takes up to so many sources off the queue, those that wait longest first, each for the time of the
lease; no row when nothing waits. No two workers get the same one, and none waits for another. Show
lease_id when it is done: chatsphere.complete_source(), or fail_source(). A source whose worker is
not heard of comes back when the lease is over, five times at most.
Raises SP007 CountOutOfRange.
@nonnull';

ALTER FUNCTION chatsphere.claim_sources(integer, interval) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.claim_sources(integer, interval) TO chatsphere_worker;
