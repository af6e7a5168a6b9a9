CREATE OR REPLACE FUNCTION astroloh.tg_require_consent()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM astroloh.require_processing(NEW.user_id);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_require_consent() IS
'Refuses a row of a person who does not agree to the processing of their data, whoever writes it.
Raises KR130 ConsentMissing.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT ON astroloh.horoscope_requests
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.horoscope_requests IS
'Without consent nothing is kept of what a person asks.';

CREATE OR REPLACE TRIGGER t31_require_consent
AFTER UPDATE OF encrypted_target_date, encrypted_partner_data ON astroloh.horoscope_requests
FOR EACH ROW
WHEN (
    NOT astroloh.is_resealed(OLD.encrypted_target_date, NEW.encrypted_target_date)
    OR NOT astroloh.is_resealed(OLD.encrypted_partner_data, NEW.encrypted_partner_data)
)
EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t31_require_consent ON astroloh.horoscope_requests IS
'Without consent no other day or partner is sealed; keys may be rotated.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT OR UPDATE ON astroloh.user_preferences
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.user_preferences IS
'Without consent nothing is kept of what a person prefers.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT ON astroloh.user_interactions
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.user_interactions IS
'Without consent nothing is kept of what a person does.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT ON astroloh.recommendations
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.recommendations IS
'Without consent nobody is advised.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT ON astroloh.recommendation_metrics
FOR EACH ROW WHEN (NEW.user_id IS NOT NULL)
EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.recommendation_metrics IS
'Without consent nobody is measured; figures of nobody need none.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT OR UPDATE ON astroloh.user_clusters
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.user_clusters IS
'Without consent nobody is compared with others.';

CREATE OR REPLACE TRIGGER t30_require_consent
AFTER INSERT ON astroloh.ab_test_groups
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_require_consent();

COMMENT ON TRIGGER t30_require_consent ON astroloh.ab_test_groups IS
'Without consent nobody takes part in experiments.';
