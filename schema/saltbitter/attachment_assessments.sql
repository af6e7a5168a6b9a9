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
COMMENT ON CONSTRAINT attachment_assessments_assessment_version_length_check ON saltbitter.attachment_assessments IS
'@error QuestionnaireInvalid A questionnaire is called by 1 to 50 characters.';
COMMENT ON CONSTRAINT attachment_assessments_total_questions_check ON saltbitter.attachment_assessments IS
'@error QuestionCountInvalid A questionnaire has 1 to 1,000 questions.';

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
