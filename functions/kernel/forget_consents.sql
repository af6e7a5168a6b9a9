CREATE OR REPLACE FUNCTION kernel.forget_consents(
    p_app text,
    p_subject text,
    p_pseudonym bytea,
    p_key_id text
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    -- Who agrees just now is waited for.
    LOCK TABLE kernel.consent_event IN SHARE ROW EXCLUSIVE MODE;
    UPDATE kernel.consent_event AS e
    SET subject = NULL,
        pseudonym = p_pseudonym,
        key_id = p_key_id,
        erased_at = now(),
        evidence = '{}',
        actor = CASE e.actor WHEN 'person' THEN e.actor ELSE 'worker' END
    WHERE e.app = p_app AND e.subject = p_subject;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.forget_consents(text, text, bytea, text) IS
'The end of an erasure: what the person agreed to stays, under the keyed pseudonym; how many events.';
