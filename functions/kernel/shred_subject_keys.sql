CREATE OR REPLACE FUNCTION kernel.shred_subject_keys(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_rows bigint;
    v_count bigint := 0;
BEGIN
    IF num_nulls(p_app, p_subject) > 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'nobody is named whose keys are to go',
            HINT = 'Pass the app and the user id as its tables hold it.';
    END IF;
    PERFORM kernel.require_unheld_subject(p_app, p_subject);
    -- A rotation that was waited for has left others in the place of those.
    LOOP
        -- In the order in which a guard locks them, so that none waits for the other.
        PERFORM FROM kernel.subject_key AS k
        WHERE k.app = p_app AND k.subject = p_subject
        ORDER BY k.purpose COLLATE "C", k.id
        FOR UPDATE;
        DELETE FROM kernel.subject_key AS k WHERE k.app = p_app AND k.subject = p_subject;
        GET DIAGNOSTICS v_rows = ROW_COUNT;
        EXIT WHEN v_rows = 0;
        v_count := v_count + v_rows;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.shred_subject_keys(text, text) IS
'Deletes every data key of a person of an app (the user id as PostgreSQL writes it), and returns how
many there were: what they sealed opens no more, in no copy of the rows. Waits for transactions that
write under them. Programs that have a key in memory forget it within the age of their keyring.
Raises KR026 SubjectHeld, KR045 IsolationTooStrict, invalid_parameter_value for NULL.';

GRANT EXECUTE ON FUNCTION kernel.shred_subject_keys(text, text) TO strongroom_runner;
