-- Let events be canceled, and give errors that people run into a name.
-- depends: 0172.saltbitter.keep-addresses-of-consents
-- locks: ACCESS EXCLUSIVE on saltbitter.events, for an instant: a column without a value

ALTER TABLE saltbitter.events ADD COLUMN canceled_at timestamptz;

COMMENT ON COLUMN saltbitter.events.canceled_at IS
'Since when it does not take place; NULL where it does.
@public';

SELECT kernel.enable_audit('saltbitter.events');

GRANT SELECT (canceled_at) ON saltbitter.events TO saltbitter_app, saltbitter_analyst;
GRANT UPDATE (canceled_at) ON saltbitter.events TO saltbitter_definer;

COMMENT ON CONSTRAINT events_title_length_check ON saltbitter.events IS
'@error TitleLength A title has 1 to 200 characters.';
COMMENT ON CONSTRAINT events_description_length_check ON saltbitter.events IS
'@error DescriptionLength A description has up to 10,000 characters.';
COMMENT ON CONSTRAINT events_video_url_check ON saltbitter.events IS
'@error VideoUrlInvalid Where an event is held is an https address of at most 500 characters.';
COMMENT ON CONSTRAINT events_currency_check ON saltbitter.events IS
'@error PriceCurrencyInvalid A currency is three capital letters.';
COMMENT ON CONSTRAINT profiles_pkey ON saltbitter.profiles IS
'@error ProfileExists The person has a profile; change that one, or delete it first.';
COMMENT ON CONSTRAINT payments_refund_check ON saltbitter.payments IS
'@error RefundMisnamed A refund names what it pays back, and nothing else does.';
COMMENT ON CONSTRAINT attachment_assessments_assessment_version_length_check ON saltbitter.attachment_assessments IS
'@error QuestionnaireInvalid A questionnaire is called by 1 to 50 characters.';
COMMENT ON CONSTRAINT attachment_assessments_total_questions_check ON saltbitter.attachment_assessments IS
'@error QuestionCountInvalid A questionnaire has 1 to 1,000 questions.';
COMMENT ON INDEX saltbitter.subscriptions_stripe_subscription_id_key IS
'@error SubscriptionOfAnother The subscription belongs to another person.';
COMMENT ON INDEX saltbitter.subscriptions_stripe_customer_id_key IS
'@error CustomerOfAnother The customer of the provider is another person.';
COMMENT ON INDEX saltbitter.event_registrations_payment_id_key IS
'@error TicketUsed This payment paid for another seat.';
