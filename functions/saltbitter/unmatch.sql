CREATE OR REPLACE FUNCTION saltbitter.unmatch(p_match_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    UPDATE saltbitter.matches AS m
    SET status = 'unmatched'
    WHERE m.id = p_match_id
      AND v_user_id IN (m.user_a_id, m.user_b_id)
      AND m.status IN ('matched', 'unmatched');
    IF NOT FOUND THEN
        PERFORM saltbitter.refuse_match();
    END IF;
END;
$$;

COMMENT ON FUNCTION saltbitter.unmatch(uuid) IS
'Ends a match of the current user for both: nothing more can be written, and neither finds the other
again. Saying it twice changes nothing. Raises SB012 NotMatched.';

ALTER FUNCTION saltbitter.unmatch(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.unmatch(uuid) TO saltbitter_app;
