CREATE OR REPLACE FUNCTION saltbitter.tg_forget_withdrawn()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := NEW.subject::uuid;
BEGIN
    -- After what is under way, which is forgotten, and before what comes: see tg_require_consent().
    PERFORM FROM saltbitter.users AS u WHERE u.id = v_user_id FOR NO KEY UPDATE;
    IF NEW.purpose = 'attachment_assessment' THEN
        DELETE FROM saltbitter.attachment_assessments AS a WHERE a.user_id = v_user_id;
    ELSIF NEW.purpose = 'orientation' THEN
        UPDATE saltbitter.profiles AS p
        SET looking_for_gender = NULL
        WHERE p.user_id = v_user_id AND p.looking_for_gender IS NOT NULL;
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_forget_withdrawn() IS
'AFTER a consent is taken back, whoever writes it down, the person or a rule: forgets what was kept by
that consent alone. It belongs to the owner, for nobody has an identity where a rule says so.';

CREATE OR REPLACE TRIGGER t60_saltbitter_forget_withdrawn
AFTER INSERT ON kernel.consent_event
FOR EACH ROW WHEN (NEW.app = 'saltbitter' AND NOT NEW.granted)
EXECUTE FUNCTION saltbitter.tg_forget_withdrawn();

COMMENT ON TRIGGER t60_saltbitter_forget_withdrawn ON kernel.consent_event IS
'What saltbitter keeps by a consent goes with it.';
