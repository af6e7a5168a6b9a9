CREATE OR REPLACE FUNCTION kernel.shred_subject_keys(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    DELETE FROM kernel.subject_key AS k WHERE k.app = p_app AND k.subject = p_subject;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.shred_subject_keys(text, text) IS
'Deletes every data key of a person of an app (the user id as PostgreSQL writes it), and returns how
many there were: what they sealed opens no more, in no copy of the rows. Waits for transactions that
write under them. Programs that have a key in memory forget it within the age of their keyring.';

GRANT EXECUTE ON FUNCTION kernel.shred_subject_keys(text, text) TO strongroom_runner;
