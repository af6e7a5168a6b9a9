CREATE OR REPLACE FUNCTION kernel.require_batch(p_limit integer, p_now timestamptz)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_now IS NULL OR NOT isfinite(p_now) OR p_now > clock_timestamp() THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR031',
            MESSAGE = 'the clock that was passed is not one of the past',
            DETAIL = 'Rows would be destroyed before their time.',
            HINT = 'Leave p_now out.';
    END IF;
    IF p_limit IS NULL OR p_limit NOT BETWEEN 1 AND 100000 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a batch is of 1 to 100,000 rows';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_batch(integer, timestamptz) IS
'Raises KR031 ClockAhead for a clock ahead of the server''s, and invalid_parameter_value for a size
that no batch has.';
