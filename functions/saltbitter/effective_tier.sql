CREATE OR REPLACE FUNCTION saltbitter.effective_tier(
    p_tier text,
    p_status text,
    p_period_end timestamptz,
    p_now timestamptz
)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE WHEN p_status = 'canceled' AND p_period_end <= p_now THEN 'free' ELSE p_tier END;

COMMENT ON FUNCTION saltbitter.effective_tier(text, text, timestamptz, timestamptz) IS
'What a subscription gives at a moment: its tier; once canceled, until the time that is paid for is
over. Who is behind with paying keeps the tier until the provider cancels.';

GRANT EXECUTE ON FUNCTION saltbitter.effective_tier(text, text, timestamptz, timestamptz)
TO saltbitter_definer;
