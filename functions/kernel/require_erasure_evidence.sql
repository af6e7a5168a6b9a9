CREATE OR REPLACE FUNCTION kernel.require_erasure_evidence(p_id uuid)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kernel.erasure_evidence AS e WHERE e.id = p_id) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR098',
            MESSAGE = format('request %s is no erasure that has come so far', p_id),
            DETAIL = 'What is done has evidence.',
            HINT = 'kernel.finish_erasure() writes both.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_erasure_evidence(uuid) IS
'Raises KR098 ErasureUnfinished unless there is evidence of this erasure.';
