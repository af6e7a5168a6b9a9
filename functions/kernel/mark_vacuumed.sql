CREATE OR REPLACE FUNCTION kernel.mark_vacuumed(p_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_left text;
BEGIN
    PERFORM kernel.require_running_erasure(p_id, '{vacuum}');
    SELECT string_agg(v.relation::text, ', ') INTO v_left
    FROM kernel.erasure_vacuums(p_id) AS v (relation);
    IF v_left IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR098',
            MESSAGE = 'what was erased is still in the files',
            DETAIL = format('Not vacuumed since: %s.', v_left),
            HINT = 'VACUUM (INDEX_CLEANUP ON) each of them, then call this again.';
    END IF;
    UPDATE kernel.erasure_step AS s
    SET state = 'done', finished_at = clock_timestamp()
    WHERE s.request_id = p_id AND s.kind = 'vacuum' AND s.state <> 'done';
END;
$$;

COMMENT ON FUNCTION kernel.mark_vacuumed(uuid) IS
'Says that the tables of an erasure were vacuumed, if the server says so too.
Raises KR091 UnknownRequest, KR098 ErasureUnfinished.';

GRANT EXECUTE ON FUNCTION kernel.mark_vacuumed(uuid) TO strongroom_runner;
