CREATE OR REPLACE FUNCTION persona.add_usage(
    p_user_id bigint,
    p_vendor persona.llm_vendor,
    p_requests bigint,
    p_tokens bigint
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Bounded, for the totals of all are added up when a person goes, and a sum that is too large would
    -- keep them here.
    IF (p_requests BETWEEN 0 AND 1000000 AND p_tokens BETWEEN 0 AND 1000000000) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB009',
            MESSAGE = 'these are no figures of use',
            DETAIL = pg_catalog.format(
                'Requests are %s, tokens %s.',
                coalesce(p_requests::text, 'NULL'), coalesce(p_tokens::text, 'NULL')
            ),
            HINT = 'Pass at most 1,000,000 requests and 1,000,000,000 tokens at once.';
    END IF;
    -- Totals before days, in every writer: two who write for one person wait, and never deadlock.
    INSERT INTO persona.usage_stats AS t (
        user_id, vendor, total_requests, total_tokens, last_request_at
    )
    VALUES (p_user_id, p_vendor, p_requests, p_tokens, pg_catalog.now())
    ON CONFLICT (user_id, vendor) DO UPDATE
    SET total_requests = t.total_requests + excluded.total_requests,
        total_tokens = t.total_tokens + excluded.total_tokens,
        last_request_at = greatest(t.last_request_at, excluded.last_request_at);
    INSERT INTO persona.usage_days AS d (user_id, vendor, day, requests, tokens)
    VALUES (
        p_user_id, p_vendor, (pg_catalog.now() AT TIME ZONE 'UTC')::date, p_requests, p_tokens
    )
    ON CONFLICT (user_id, vendor, day) DO UPDATE
    SET requests = d.requests + excluded.requests,
        tokens = d.tokens + excluded.tokens;
END;
$$;

COMMENT ON FUNCTION persona.add_usage(bigint, persona.llm_vendor, bigint, bigint) IS
'Adds to the figures of a person (NULL: the bot itself), ever and of today. Raises LB009 UnfitUsage.';

GRANT EXECUTE ON FUNCTION persona.add_usage(bigint, persona.llm_vendor, bigint, bigint)
TO persona_definer;
