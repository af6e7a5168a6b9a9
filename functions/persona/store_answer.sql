CREATE OR REPLACE FUNCTION persona.store_answer(
    p_vendor persona.llm_vendor,
    p_cache_key text,
    p_token uuid,
    p_request_payload jsonb,
    p_response_payload jsonb,
    p_is_private boolean DEFAULT true
)
RETURNS timestamptz
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := persona.cache_scope(p_is_private);
    v_key CONSTANT text := persona.scoped_cache_key(p_cache_key, v_user_id);
    v_request CONSTANT jsonb := persona.sanitised(p_request_payload);
    v_expires_at timestamptz;
BEGIN
    IF NOT persona.drop_claim(p_vendor, v_key, p_token) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB007',
            MESSAGE = 'the claim on this answer is lost',
            DETAIL = 'Its lease was over, and somebody else took it, or it was ended.',
            HINT = 'Use the answer, and don''t store it.';
    END IF;
    IF v_user_id IS NULL AND (
        v_request IS DISTINCT FROM p_request_payload
        OR p_response_payload IS DISTINCT FROM persona.sanitised(p_response_payload)
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB008',
            MESSAGE = 'this answer is not for everybody',
            DETAIL = 'The request or the answer tells of a person, or holds a secret.',
            HINT = 'Claim and store it as private.';
    END IF;
    SELECT clock_timestamp() + CASE WHEN v_user_id IS NULL THEN s.cache_ttl
        ELSE s.private_cache_ttl END
    INTO STRICT v_expires_at
    FROM persona.app_settings AS s
    WHERE s.id = 1;

    INSERT INTO persona.llm_cache AS a (
        vendor, cache_key, request_payload, response_payload, created_at, expires_at, user_id,
        asked_by
    )
    VALUES (
        p_vendor, v_key, v_request, p_response_payload, clock_timestamp(), v_expires_at, v_user_id,
        -- Names that are written as words are not found: what a person asked goes with them.
        CASE WHEN v_user_id IS NULL THEN kernel.user_bigint() END
    )
    ON CONFLICT (vendor, cache_key) DO UPDATE
    SET request_payload = excluded.request_payload,
        response_payload = excluded.response_payload,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at,
        asked_by = excluded.asked_by;
    PERFORM pg_notify('persona_answers', p_vendor || ':' || v_key);
    RETURN v_expires_at;
END;
$$;

COMMENT ON FUNCTION persona.store_answer(persona.llm_vendor, text, uuid, jsonb, jsonb, boolean) IS
'Stores what a model answered, by the token of a claim, and ends the claim; until when it is good
(NULL: for ever), by the settings of the bot. The request is stored without what tells of a person; an
answer that everybody may have goes with the person who asked for it, all the same.
Who waits is told on persona_answers, by vendor and key of the table.
Raises KR130 ConsentMissing, LB005 UnfitCacheKey, LB007 ClaimLost, LB008 AnswerNotShareable.';

ALTER FUNCTION persona.store_answer(persona.llm_vendor, text, uuid, jsonb, jsonb, boolean)
OWNER TO persona_definer;
GRANT EXECUTE
ON FUNCTION persona.store_answer(persona.llm_vendor, text, uuid, jsonb, jsonb, boolean)
TO persona_app, persona_worker;
