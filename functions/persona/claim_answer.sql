CREATE OR REPLACE FUNCTION persona.claim_answer(
    p_vendor persona.llm_vendor,
    p_cache_key text,
    p_is_private boolean DEFAULT true,
    p_lease interval DEFAULT '1 minute',
    OUT outcome text,
    OUT response_payload jsonb,
    OUT token uuid,
    OUT lease_until timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT bigint := persona.cache_scope(p_is_private);
    v_key CONSTANT text := persona.scoped_cache_key(p_cache_key, v_user_id);
    v_lease CONSTANT interval := persona.require_lease(p_lease);
BEGIN
    IF v_user_id IS NOT NULL THEN
        PERFORM kernel.require_consent('personal_data');
    END IF;
    outcome := 'hit';
    response_payload := persona.find_answer(p_vendor, v_key, v_user_id);
    IF response_payload IS NOT NULL THEN
        RETURN;
    END IF;

    -- Waits for who is storing this answer at the moment, never for a model.
    INSERT INTO persona.llm_cache_claims AS c (vendor, cache_key, token, claimed_at, lease_until)
    VALUES (
        p_vendor, v_key, gen_random_uuid(), clock_timestamp(), clock_timestamp() + v_lease
    )
    ON CONFLICT (vendor, cache_key) DO UPDATE
    SET token = excluded.token,
        claimed_at = excluded.claimed_at,
        lease_until = excluded.lease_until
    WHERE c.lease_until <= clock_timestamp()
    RETURNING c.token, c.lease_until INTO token, lease_until;
    IF NOT FOUND THEN
        outcome := 'busy';
        SELECT c.lease_until
        INTO lease_until
        FROM persona.llm_cache_claims AS c
        WHERE c.vendor = p_vendor AND c.cache_key = v_key;
        RETURN;
    END IF;

    -- Whoever had the claim until now may have stored the answer since the first look.
    response_payload := persona.find_answer(p_vendor, v_key, v_user_id);
    IF response_payload IS NULL THEN
        outcome := 'claimed';
        RETURN;
    END IF;
    DELETE FROM persona.llm_cache_claims AS c
    WHERE c.vendor = p_vendor AND c.cache_key = v_key;
    token := NULL;
    lease_until := NULL;
END;
$$;

COMMENT ON FUNCTION persona.claim_answer(persona.llm_vendor, text, boolean, interval) IS
'Gets an answer, or the right to ask the model for it. hit: here it is. claimed: ask, and store the
answer by the token before the lease is over. busy: somebody else is asking, until when at the latest;
LISTEN persona_answers, or ask again in a moment. Call it in a transaction of its own, and ask the
model outside of it.
An answer for one person wants that person''s consent to the processing of personal data: without it
ask the model, and store nothing. Raises KR130 ConsentMissing, LB005 UnfitCacheKey, LB006 UnfitLease.
@nonnull outcome';

ALTER FUNCTION persona.claim_answer(persona.llm_vendor, text, boolean, interval)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.claim_answer(persona.llm_vendor, text, boolean, interval)
TO persona_app, persona_worker;
