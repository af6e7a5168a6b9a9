CREATE OR REPLACE FUNCTION kernel.keep_out_subject(
    p_app text, p_subject text, p_pseudonym bytea, p_key_id text
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
BEGIN
    IF NOT EXISTS (
        SELECT
        FROM kernel.erasure_ledger AS l
        WHERE l.app = p_app AND l.pseudonym = p_pseudonym AND l.key_id = p_key_id
    )
    OR EXISTS (
        SELECT
        FROM kernel.erased_subject AS e
        WHERE e.app = p_app AND e.digest = kernel.subject_digest(p_app, v_subject)
    )
    OR NOT kernel.has_tombstone(p_app, v_subject)
    THEN
        RETURN false;
    END IF;
    PERFORM kernel.keep_out_erased(p_app, v_subject);
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.keep_out_subject(text, text, bytea, text) IS
'Has nothing written any more in the name of a person (app, user id) whose erasure ended before the
database kept erased people out; false where the ledger knows nobody of this pseudonym and key, the
person is kept out or being erased, or no tombstone stays. That the pseudonym is this person''s is for
the client to know, who has the key. Waits 2 s for a table at most. Raises KR041 InvalidHold,
lock_not_available.';

GRANT EXECUTE ON FUNCTION kernel.keep_out_subject(text, text, bytea, text) TO strongroom_runner;
