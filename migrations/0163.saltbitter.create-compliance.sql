-- Consents, assessments, uses of AI, and the compliance log.
-- depends: 0162.saltbitter.create-matches 0040.kernel.create-consents
-- locks: SHARE ROW EXCLUSIVE on saltbitter.users, for an instant: foreign keys

CREATE VIEW saltbitter.consent_logs
WITH (security_invoker = true)
AS
SELECT
    e.id,
    e.subject::uuid AS user_id,
    e.purpose AS consent_type,
    e.granted,
    t.body AS consent_text,
    e.version,
    e.language,
    e.method,
    e.evidence ->> 'ip_hash' AS ip_hash,
    e.given_at AS occurred_at
FROM kernel.consent_event AS e
JOIN kernel.consent_text AS t
    ON t.app = e.app AND t.purpose = e.purpose AND t.version = e.version
WHERE e.app = 'saltbitter' AND e.subject IS NOT NULL;

COMMENT ON VIEW saltbitter.consent_logs IS
'Every consent that somebody gave or withdrew, with the exact text that they were shown: the ledger
of the kernel, as far as it is of this app and of people who are still here. Each sees their own.';
COMMENT ON COLUMN saltbitter.consent_logs.id IS 'The event; ids rise with time.';
COMMENT ON COLUMN saltbitter.consent_logs.user_id IS 'Who.';
COMMENT ON COLUMN saltbitter.consent_logs.consent_type IS
'What for: orientation or attachment_assessment.';
COMMENT ON COLUMN saltbitter.consent_logs.granted IS 'True: given. False: withdrawn.';
COMMENT ON COLUMN saltbitter.consent_logs.consent_text IS 'The text that was shown.';
COMMENT ON COLUMN saltbitter.consent_logs.version IS 'Which wording that is.';
COMMENT ON COLUMN saltbitter.consent_logs.language IS 'In which language.';
COMMENT ON COLUMN saltbitter.consent_logs.method IS 'How they said it, as a word.';
COMMENT ON COLUMN saltbitter.consent_logs.ip_hash IS
'A keyed hash of the address they came from, where the program passed one as evidence.';
COMMENT ON COLUMN saltbitter.consent_logs.occurred_at IS 'When.';

GRANT SELECT ON saltbitter.consent_logs TO saltbitter_app, saltbitter_worker;

-- The wordings that the app begins with. The same text again publishes nothing.
SELECT kernel.publish_consent_text(
    'saltbitter', 'orientation', 'en',
    'Whom you want to meet tells of your sexual orientation. We use it, with your gender and age,'
    ' to show you to each other, and for nothing else. You can withdraw this at any time; then we'
    ' delete it, and you are neither shown to others nor others to you.'
);

SELECT kernel.publish_consent_text(
    'saltbitter', 'attachment_assessment', 'en',
    'The questionnaire on attachment says something of your mental health. We keep its scores, and'
    ' the style that they are read as, to tell you who may fit you, and for nothing else. You can'
    ' withdraw this at any time; then we delete them.'
);

CREATE TABLE saltbitter.attachment_assessments (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    anxiety_score numeric(5, 2) NOT NULL,
    avoidance_score numeric(5, 2) NOT NULL,
    style text NOT NULL,
    assessment_version text NOT NULL,
    total_questions integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT attachment_assessments_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT attachment_assessments_user_id_key UNIQUE (user_id),
    CONSTRAINT attachment_assessments_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT attachment_assessments_anxiety_score_check
        CHECK (anxiety_score BETWEEN 0 AND 100),
    CONSTRAINT attachment_assessments_avoidance_score_check
        CHECK (avoidance_score BETWEEN 0 AND 100),
    CONSTRAINT attachment_assessments_style_check
        CHECK (style IN ('secure', 'anxious', 'avoidant', 'fearful-avoidant')),
    CONSTRAINT attachment_assessments_assessment_version_length_check
        CHECK (length(assessment_version) BETWEEN 1 AND 50),
    CONSTRAINT attachment_assessments_total_questions_check
        CHECK (total_questions BETWEEN 1 AND 1000)
);

CREATE INDEX attachment_assessments_style_idx
ON saltbitter.attachment_assessments (style, user_id);

COMMENT ON TABLE saltbitter.attachment_assessments IS
'How people attach to others, as a questionnaire measured it: one a person, the newest. Special
category data: written only while the person consents, and deleted when they withdraw.
@row AttachmentAssessment
@rows 1M';
COMMENT ON COLUMN saltbitter.attachment_assessments.user_id IS
'Whose.
@internal';
COMMENT ON COLUMN saltbitter.attachment_assessments.id IS
'The assessment.
@internal';
COMMENT ON COLUMN saltbitter.attachment_assessments.anxiety_score IS
'Anxiety, from 0 to 100.
@personal health
@erase delete';
COMMENT ON COLUMN saltbitter.attachment_assessments.avoidance_score IS
'Avoidance, from 0 to 100.
@personal health
@erase delete';
COMMENT ON COLUMN saltbitter.attachment_assessments.style IS
'The style that the scores were read as.
@personal health
@erase delete';
COMMENT ON COLUMN saltbitter.attachment_assessments.assessment_version IS
'Which questionnaire it was.
@internal';
COMMENT ON COLUMN saltbitter.attachment_assessments.total_questions IS
'How many questions it had.
@internal';
COMMENT ON COLUMN saltbitter.attachment_assessments.created_at IS
'When the person first took one.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.attachment_assessments.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT attachment_assessments_anxiety_score_check
ON saltbitter.attachment_assessments IS
'@error AnxietyScoreInvalid A score is from 0 to 100.';
COMMENT ON CONSTRAINT attachment_assessments_avoidance_score_check
ON saltbitter.attachment_assessments IS
'@error AvoidanceScoreInvalid A score is from 0 to 100.';

ALTER TABLE saltbitter.attachment_assessments ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.attachment_assessments FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.attachment_assessments
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.attachment_assessments
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.attachment_assessments
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON saltbitter.attachment_assessments
FOR INSERT TO saltbitter_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_own ON saltbitter.attachment_assessments
FOR UPDATE TO saltbitter_app
USING (user_id = kernel.user_uuid())
WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON saltbitter.attachment_assessments
FOR DELETE TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.attachment_assessments
FOR SELECT TO saltbitter_worker USING (true);

GRANT
    SELECT,
    INSERT (user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions),
    UPDATE (anxiety_score, avoidance_score, style, assessment_version, total_questions),
    DELETE
ON saltbitter.attachment_assessments TO saltbitter_app;
GRANT SELECT ON saltbitter.attachment_assessments TO saltbitter_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.attachment_assessments
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.attachment_assessments IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.attachment_assessments');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.attachment_assessments');

CREATE TABLE saltbitter.ai_types (
    ai_type text NOT NULL,
    description text NOT NULL,
    CONSTRAINT ai_types_pkey PRIMARY KEY (ai_type),
    CONSTRAINT ai_types_ai_type_check CHECK (ai_type ~ '^[a-z][a-z0-9_]{0,49}$')
);

COMMENT ON TABLE saltbitter.ai_types IS
'What AI features there are: an open list, which staff add to.
@row AiType
@rows 100';
COMMENT ON COLUMN saltbitter.ai_types.ai_type IS
'The feature.
@public';
COMMENT ON COLUMN saltbitter.ai_types.description IS
'What is meant, for staff.
@public';

ALTER TABLE saltbitter.ai_types ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_types FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_types
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_types
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_app ON saltbitter.ai_types
FOR SELECT TO saltbitter_app USING (true);
CREATE POLICY select_worker ON saltbitter.ai_types
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_analyst ON saltbitter.ai_types
FOR SELECT TO saltbitter_analyst USING (true);
CREATE POLICY select_definer ON saltbitter.ai_types
FOR SELECT TO saltbitter_definer USING (true);

GRANT SELECT ON saltbitter.ai_types
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer;

INSERT INTO saltbitter.ai_types (ai_type, description)
VALUES
    ('practice_companion', 'A companion to practise talking with.'),
    ('relationship_coach', 'A coach who is asked for advice.')
ON CONFLICT DO NOTHING;

SELECT kernel.enable_audit('saltbitter.ai_types');

CREATE TABLE saltbitter.ai_interactions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    ai_type text NOT NULL,
    disclosure_shown boolean NOT NULL GENERATED ALWAYS AS (disclosure_shown_at IS NOT NULL) STORED,
    user_consented boolean NOT NULL GENERATED ALWAYS AS (user_consented_at IS NOT NULL) STORED,
    session_id text,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    disclosure_shown_at timestamptz,
    user_consented_at timestamptz,
    CONSTRAINT ai_interactions_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT ai_interactions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT ai_interactions_ai_type_fkey FOREIGN KEY (ai_type)
        REFERENCES saltbitter.ai_types (ai_type) ON DELETE RESTRICT,
    -- Agreeing to what was not disclosed is no agreement.
    CONSTRAINT ai_interactions_disclosed_consent_check CHECK (
        user_consented_at IS NULL
        OR disclosure_shown_at IS NOT NULL AND disclosure_shown_at <= user_consented_at
    ),
    CONSTRAINT ai_interactions_session_id_length_check
        CHECK (length(session_id) BETWEEN 1 AND 100)
);

CREATE INDEX ai_interactions_ai_type_idx
ON saltbitter.ai_interactions (ai_type, created_at);

CREATE INDEX ai_interactions_created_at_idx ON saltbitter.ai_interactions (created_at);

COMMENT ON TABLE saltbitter.ai_interactions IS
'Every use of an AI feature: when it was disclosed that it is one, and when the person agreed. Kept
as the law wants the use of AI recorded; goes with the person.
@row AiInteraction
@rows 10M';
COMMENT ON COLUMN saltbitter.ai_interactions.user_id IS
'Who.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.id IS
'The use; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.ai_type IS
'Which feature.
@personal activity
@erase delete
@mask hide';
COMMENT ON COLUMN saltbitter.ai_interactions.disclosure_shown IS
'Whether the person was told that it is an AI (article 52).
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.user_consented IS
'Whether the person agreed to it.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.session_id IS
'What the program groups uses by; says nothing of the person.
@internal';
COMMENT ON COLUMN saltbitter.ai_interactions.created_at IS
'When it began.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.ai_interactions.disclosure_shown_at IS
'When the person was told.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.ai_interactions.user_consented_at IS
'When the person agreed.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT ai_interactions_disclosed_consent_check ON saltbitter.ai_interactions IS
'@error ConsentUndisclosed Nobody can agree to an AI before they were told that it is one.';
COMMENT ON CONSTRAINT ai_interactions_session_id_length_check ON saltbitter.ai_interactions IS
'@error SessionIdLength A session has 1 to 100 characters.';

ALTER TABLE saltbitter.ai_interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_interactions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_interactions
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.ai_interactions
FOR SELECT TO saltbitter_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON saltbitter.ai_interactions
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_definer ON saltbitter.ai_interactions
FOR UPDATE TO saltbitter_definer
USING (user_id = kernel.user_uuid())
WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.ai_interactions TO saltbitter_app;
GRANT SELECT ON saltbitter.ai_interactions TO saltbitter_worker;
GRANT SELECT, INSERT (user_id, ai_type, session_id, disclosure_shown_at), UPDATE (user_consented_at)
ON saltbitter.ai_interactions TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_ai_interactions', 'saltbitter.ai_interactions', 'delete', 'created_at', '3 years',
    'Uses of AI are recorded as long as somebody may ask how it was used.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.ai_interactions');

CREATE TABLE saltbitter.ai_opt_outs (
    user_id uuid NOT NULL,
    opted_out_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT ai_opt_outs_pkey PRIMARY KEY (user_id),
    CONSTRAINT ai_opt_outs_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE
);

COMMENT ON TABLE saltbitter.ai_opt_outs IS
'Who wants no AI (the opt-out of California''s SB 243): a row is an opt-out, and while it is there
no AI feature begins. Each change is in saltbitter.compliance_logs.
@row AiOptOut
@rows 100k';
COMMENT ON COLUMN saltbitter.ai_opt_outs.user_id IS
'Who.
@internal';
COMMENT ON COLUMN saltbitter.ai_opt_outs.opted_out_at IS
'Since when.
@personal preference
@erase delete';

ALTER TABLE saltbitter.ai_opt_outs ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.ai_opt_outs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.ai_opt_outs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.ai_opt_outs
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.ai_opt_outs
FOR SELECT TO saltbitter_definer USING (user_id = kernel.user_uuid());
CREATE POLICY insert_definer ON saltbitter.ai_opt_outs
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_definer ON saltbitter.ai_opt_outs
FOR DELETE TO saltbitter_definer USING (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.ai_opt_outs TO saltbitter_app;
GRANT SELECT ON saltbitter.ai_opt_outs TO saltbitter_worker;
GRANT SELECT, INSERT (user_id), DELETE ON saltbitter.ai_opt_outs TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.ai_opt_outs');

CREATE TABLE saltbitter.compliance_logs (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    action_type text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    regulatory_framework text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT compliance_logs_pkey PRIMARY KEY (user_id, id),
    -- Evidence outlives the person; people are erased by emptying their row.
    CONSTRAINT compliance_logs_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT compliance_logs_action_type_check
        CHECK (action_type ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT compliance_logs_details_check
        CHECK (jsonb_typeof(details) = 'object' AND length(details::text) <= 2000),
    CONSTRAINT compliance_logs_regulatory_framework_check
        CHECK (regulatory_framework IN ('gdpr', 'eu_ai_act', 'ccpa', 'sb_243'))
);

CREATE INDEX compliance_logs_action_type_idx
ON saltbitter.compliance_logs (action_type, occurred_at);

CREATE INDEX compliance_logs_occurred_at_idx
ON saltbitter.compliance_logs (occurred_at);

COMMENT ON TABLE saltbitter.compliance_logs IS
'What was done to whom for the sake of which law. Append only, and kept when the person is erased:
what is left of them then is an id that leads to an empty row.
@row ComplianceLog
@rows 10M';
COMMENT ON COLUMN saltbitter.compliance_logs.user_id IS
'Whom it was about.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.id IS
'The entry; ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.action_type IS
'What was done, as a word.
@personal activity
@erase keep evidence that a law wants
@mask hide';
COMMENT ON COLUMN saltbitter.compliance_logs.details IS
'More of it, as words by name, without personal data.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.regulatory_framework IS
'Which law.
@internal';
COMMENT ON COLUMN saltbitter.compliance_logs.occurred_at IS
'When.
@personal activity
@erase keep evidence that a law wants';
COMMENT ON CONSTRAINT compliance_logs_action_type_check ON saltbitter.compliance_logs IS
'@error ActionTypeInvalid An action is a word of small letters, digits and underscores.';
COMMENT ON CONSTRAINT compliance_logs_details_check ON saltbitter.compliance_logs IS
'@error DetailsInvalid Details are an object of at most 2,000 characters.';

ALTER TABLE saltbitter.compliance_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.compliance_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.compliance_logs
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.compliance_logs
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.compliance_logs
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.compliance_logs
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY insert_worker ON saltbitter.compliance_logs
FOR INSERT TO saltbitter_worker WITH CHECK (true);
CREATE POLICY insert_definer ON saltbitter.compliance_logs
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.compliance_logs TO saltbitter_app;
GRANT SELECT, INSERT (user_id, action_type, details, regulatory_framework)
ON saltbitter.compliance_logs TO saltbitter_worker;
GRANT INSERT (user_id, action_type, details, regulatory_framework) ON saltbitter.compliance_logs
TO saltbitter_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, statutory_minimum, reason
)
VALUES (
    'saltbitter_compliance_logs', 'saltbitter.compliance_logs', 'delete', 'occurred_at', '6 years',
    '3 years', 'Evidence is kept as long as a claim can be made.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.compliance_logs');
