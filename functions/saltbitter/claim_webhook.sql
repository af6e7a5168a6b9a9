CREATE OR REPLACE FUNCTION saltbitter.claim_webhook(p_event_id text, p_kind text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- A twin that is under way is waited for: it commits, and this one is told false, or it fails,
    -- and this one does the work.
    INSERT INTO saltbitter.webhook_events (event_id, kind)
    VALUES (p_event_id, p_kind)
    ON CONFLICT (event_id) DO NOTHING;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION saltbitter.claim_webhook(text, text) IS
'Whether a message of the provider is new; true once for each number.';

GRANT EXECUTE ON FUNCTION saltbitter.claim_webhook(text, text) TO saltbitter_definer;
