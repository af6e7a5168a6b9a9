CREATE OR REPLACE FUNCTION saltbitter.tg_require_consent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Who withdraws waits for rows under way, and those that come later see that it is withdrawn.
    PERFORM FROM saltbitter.users AS u WHERE u.id = NEW.user_id FOR SHARE;
    IF NOT kernel.subject_has_consent('saltbitter', NEW.user_id::text, TG_ARGV[0]) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR130',
            MESSAGE = format('no consent to %I', TG_ARGV[0]),
            DETAIL = 'Data of a special category is kept only while the person consents to it.',
            HINT = 'Show the wording of the purpose, and call give_consent when they agree.';
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_require_consent() IS
'Refuses a row of somebody who does not consent to the purpose that the trigger names, whoever
writes it: KR130 ConsentMissing.';

ALTER FUNCTION saltbitter.tg_require_consent() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t20_require_consent
AFTER INSERT OR UPDATE OF anxiety_score, avoidance_score, style
ON saltbitter.attachment_assessments
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_require_consent('attachment_assessment');

COMMENT ON TRIGGER t20_require_consent ON saltbitter.attachment_assessments IS
'Health data (GDPR, article 9) needs consent before it is kept.';

CREATE OR REPLACE TRIGGER t20_require_consent
AFTER INSERT OR UPDATE OF looking_for_gender ON saltbitter.profiles
FOR EACH ROW WHEN (NEW.looking_for_gender IS NOT NULL)
EXECUTE FUNCTION saltbitter.tg_require_consent('orientation');

COMMENT ON TRIGGER t20_require_consent ON saltbitter.profiles IS
'Whom somebody wants to meet tells of their orientation (GDPR, article 9), which needs consent.';
