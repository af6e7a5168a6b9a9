CREATE OR REPLACE FUNCTION saltbitter.decide(
    p_target_id uuid,
    p_decision text,
    OUT decision text,
    OUT match_id uuid
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    IF NOT EXISTS (SELECT FROM saltbitter.profiles AS p WHERE p.user_id = p_target_id) THEN
        PERFORM saltbitter.refuse_person();
    END IF;
    INSERT INTO saltbitter.decisions (user_id, target_id, decision)
    VALUES (v_user_id, p_target_id, p_decision)
    ON CONFLICT (user_id, target_id) DO NOTHING;
    SELECT d.decision
    INTO decision
    FROM saltbitter.decisions AS d
    WHERE d.user_id = v_user_id AND d.target_id = p_target_id;
    IF decision <> p_decision THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB011',
            MESSAGE = 'this was decided otherwise before',
            DETAIL = 'A person decides once about another.',
            HINT = 'Leave a match by unmatch; nothing takes a pass back.';
    END IF;
    SELECT m.id
    INTO match_id
    FROM saltbitter.matches AS m
    WHERE m.user_a_id = least(v_user_id, p_target_id)
      AND m.user_b_id = greatest(v_user_id, p_target_id)
      AND m.status = 'matched';
END;
$$;

COMMENT ON FUNCTION saltbitter.decide(uuid, text) IS
'The decision of the current user about a person, liked or passed, and the match where both like
each other. Deciding the same again changes nothing and gives the same answer.
Raises SB010 UnknownPerson, SB011 AlreadyDecided.
@nonnull decision';

ALTER FUNCTION saltbitter.decide(uuid, text) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.decide(uuid, text) TO saltbitter_app;
