CREATE OR REPLACE FUNCTION kernel.require_passed(p_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Clocks of others differ from ours by seconds.
    c_skew CONSTANT interval := make_interval(mins => 5);
BEGIN
    IF p_at > clock_timestamp() + c_skew THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR140',
            MESSAGE = 'this has not happened yet',
            DETAIL = format('It is said to happen at %s.', p_at),
            HINT = 'Look at the clock and at the unit of what was sent, and have it sent again.';
    END IF;
    RETURN p_at;
END;
$$;

COMMENT ON FUNCTION kernel.require_passed(timestamptz) IS
'A moment that somebody outside names for what happened there, if it is not more than five minutes
ahead; NULL for NULL. What is newest by such moments stays until something newer is told: one far ahead
would keep out all that follows. Raises KR140 MomentAhead.';

GRANT EXECUTE ON FUNCTION kernel.require_passed(timestamptz) TO strongroom_client;
