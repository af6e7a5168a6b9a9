-- Which events were canceled is not known any more: they are listed again.

DROP TRIGGER IF EXISTS t05_require_time_zone ON saltbitter.events;
DROP FUNCTION IF EXISTS saltbitter.tg_require_time_zone();
DROP FUNCTION IF EXISTS saltbitter.cancel_event(uuid);
ALTER TABLE saltbitter.events DROP COLUMN canceled_at;
SELECT kernel.enable_audit('saltbitter.events');

COMMENT ON CONSTRAINT events_title_length_check ON saltbitter.events IS NULL;
COMMENT ON CONSTRAINT events_description_length_check ON saltbitter.events IS NULL;
COMMENT ON CONSTRAINT events_video_url_check ON saltbitter.events IS NULL;
COMMENT ON CONSTRAINT events_currency_check ON saltbitter.events IS NULL;
COMMENT ON CONSTRAINT profiles_pkey ON saltbitter.profiles IS NULL;
COMMENT ON CONSTRAINT payments_refund_check ON saltbitter.payments IS NULL;
COMMENT ON CONSTRAINT attachment_assessments_assessment_version_length_check ON saltbitter.attachment_assessments IS NULL;
COMMENT ON CONSTRAINT attachment_assessments_total_questions_check ON saltbitter.attachment_assessments IS NULL;
COMMENT ON INDEX saltbitter.subscriptions_stripe_subscription_id_key IS NULL;
COMMENT ON INDEX saltbitter.subscriptions_stripe_customer_id_key IS NULL;
COMMENT ON INDEX saltbitter.event_registrations_payment_id_key IS NULL;
