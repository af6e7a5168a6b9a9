CREATE OR REPLACE FUNCTION kernel.release_hold(p_id bigint, p_reason text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_released_at timestamptz;
BEGIN
    IF coalesce(btrim(p_reason), '') = '' OR length(p_reason) > 2000 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = 'the release of a hold needs a reason of 1 to 2,000 characters',
            HINT = 'Say who decided, or name the case.';
    END IF;

    SELECT h.released_at
    INTO v_released_at
    FROM kernel.legal_hold AS h
    WHERE h.id = p_id
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR042',
            MESSAGE = format('there is no hold %s', coalesce(p_id::text, 'NULL')),
            HINT = 'Take the number from kernel.legal_hold.';
    END IF;
    IF v_released_at IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR043',
            MESSAGE = format('hold %s is released already', p_id),
            DETAIL = format('It was released at %s.', v_released_at),
            HINT = 'Nothing is left to do.';
    END IF;

    UPDATE kernel.legal_hold AS h
    SET released_at = clock_timestamp(),
        released_by = coalesce(kernel.actor(), session_user),
        released_as = session_user,
        release_reason = p_reason
    WHERE h.id = p_id;
END;
$$;

COMMENT ON FUNCTION kernel.release_hold(bigint, text) IS
'Ends a hold. What it kept goes with the next runs of retention and erasure, without further ado.
Raises KR041 InvalidHold, KR042 UnknownHold, KR043 HoldReleased.';

GRANT EXECUTE ON FUNCTION kernel.release_hold(bigint, text) TO strongroom_runner;
