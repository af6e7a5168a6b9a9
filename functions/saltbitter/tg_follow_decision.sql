CREATE OR REPLACE FUNCTION saltbitter.tg_follow_decision()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Two likes at once meet at the pair's row: the second one waits here, and then sees the first.
    INSERT INTO saltbitter.matches AS m (user_a_id, user_b_id)
    VALUES (least(NEW.user_id, NEW.target_id), greatest(NEW.user_id, NEW.target_id))
    ON CONFLICT (user_a_id, user_b_id) DO UPDATE SET status = m.status;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_follow_decision() IS
'Makes the pair of a decision, or looks at it anew: saltbitter.tg_derive_status() says what it is.';

ALTER FUNCTION saltbitter.tg_follow_decision() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t20_follow_decision
AFTER INSERT ON saltbitter.decisions
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_follow_decision();

COMMENT ON TRIGGER t20_follow_decision ON saltbitter.decisions IS
'A match follows from two likes, whoever writes them.';
