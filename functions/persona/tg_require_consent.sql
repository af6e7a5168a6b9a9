CREATE OR REPLACE FUNCTION persona.tg_require_consent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Who withdraws meanwhile waits until this is stored, and then deletes it; or this waits for
    -- them, and the look that follows sees it.
    PERFORM FROM persona.users AS u WHERE u.id = NEW.user_id FOR SHARE;
    IF NOT kernel.subject_has_consent('persona', NEW.user_id::text, 'personal_data') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR130',
            MESSAGE = 'no consent to personal_data',
            DETAIL = 'Answers to one person are kept for those alone who agreed to it.',
            HINT = 'Give the answer and don''t store it, or ask for the consent.';
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION persona.tg_require_consent() IS
'BEFORE an answer to one person is stored or replaced: that person has agreed to the processing of
personal data. Raises KR130 ConsentMissing.';

CREATE OR REPLACE TRIGGER t20_require_consent
BEFORE INSERT OR UPDATE OF request_payload, response_payload, user_id ON persona.llm_cache
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION persona.tg_require_consent();

COMMENT ON TRIGGER t20_require_consent ON persona.llm_cache IS
'No answer to one person without consent, whatever the program does.';
