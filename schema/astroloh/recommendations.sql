CREATE TABLE astroloh.recommendations (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    recommendation_type text NOT NULL,
    content_type text NOT NULL,
    title text NOT NULL,
    description text,
    recommendation_data jsonb,
    confidence_score integer NOT NULL,
    priority integer NOT NULL DEFAULT 1,
    algorithm_used text NOT NULL,
    model_version text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    expires_at timestamptz,
    shown_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT recommendations_pkey PRIMARY KEY (user_id, id),
    CONSTRAINT recommendations_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT recommendations_recommendation_type_check
        CHECK (recommendation_type IN ('content', 'action', 'timing')),
    CONSTRAINT recommendations_content_type_check
        CHECK (content_type IN ('daily', 'weekly', 'compatibility')),
    CONSTRAINT recommendations_title_length_check CHECK (length(title) BETWEEN 1 AND 255),
    CONSTRAINT recommendations_description_length_check
        CHECK (length(description) BETWEEN 1 AND 4000),
    CONSTRAINT recommendations_data_check CHECK (
        jsonb_typeof(recommendation_data) = 'object'
        AND octet_length(recommendation_data::text) <= 16384
    ),
    CONSTRAINT recommendations_confidence_score_check CHECK (confidence_score BETWEEN 0 AND 100),
    CONSTRAINT recommendations_priority_check CHECK (priority BETWEEN 1 AND 5),
    CONSTRAINT recommendations_algorithm_used_check
        CHECK (algorithm_used IN ('collaborative', 'content_based', 'hybrid')),
    CONSTRAINT recommendations_model_version_length_check
        CHECK (length(model_version) BETWEEN 1 AND 20),
    CONSTRAINT recommendations_status_check
        CHECK (status IN ('active', 'shown', 'dismissed', 'expired')),
    CONSTRAINT recommendations_expiry_check CHECK (expires_at > created_at),
    -- What waits was not shown, what was shown has its moment.
    CONSTRAINT recommendations_shown_check CHECK (
        CASE status
            WHEN 'active' THEN shown_at IS NULL
            WHEN 'shown' THEN shown_at IS NOT NULL
            ELSE true
        END
        AND shown_at >= created_at IS NOT FALSE
    )
);

-- What to show a person next: the most urgent first, of these the surest.
CREATE INDEX recommendations_user_status_idx
ON astroloh.recommendations (user_id, status, priority, confidence_score);

-- What is past its time, for expire_recommendations().
CREATE INDEX recommendations_expires_at_idx ON astroloh.recommendations (expires_at)
WHERE status IN ('active', 'shown');

-- For retention.
CREATE INDEX recommendations_created_at_idx ON astroloh.recommendations (created_at);

COMMENT ON TABLE astroloh.recommendations IS
'What models recommend to people: active until it is shown, dismissed or past its time.
@row Recommendation
@rows 20M';
COMMENT ON COLUMN astroloh.recommendations.user_id IS
'To whom.
@internal';
COMMENT ON COLUMN astroloh.recommendations.id IS
'Id of the recommendation, rising with time.
@internal';
COMMENT ON COLUMN astroloh.recommendations.recommendation_type IS
'What kind of advice.
@internal';
COMMENT ON COLUMN astroloh.recommendations.content_type IS
'About what.
@internal';
COMMENT ON COLUMN astroloh.recommendations.title IS
'Headline.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.description IS
'The rest of it.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.recommendation_data IS
'What programs need to carry it out.
@personal content
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.confidence_score IS
'How sure the model is, in percent.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.priority IS
'How urgent it is, from 1 to 5, the most urgent.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.algorithm_used IS
'How it was found.
@internal';
COMMENT ON COLUMN astroloh.recommendations.model_version IS
'By which version of the model.
@internal
@mask keep';
COMMENT ON COLUMN astroloh.recommendations.status IS
'active: waits. shown: the person saw it. dismissed: the person does not want it. expired: past its
time.
@internal';
COMMENT ON COLUMN astroloh.recommendations.expires_at IS
'Until when it makes sense; NULL: for ever.
@internal';
COMMENT ON COLUMN astroloh.recommendations.shown_at IS
'When the person saw it.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.recommendations.created_at IS
'When the model made it.
@internal';
COMMENT ON CONSTRAINT recommendations_confidence_score_check ON astroloh.recommendations IS
'@error ConfidenceOutOfRange A confidence is from 0 to 100.';
COMMENT ON CONSTRAINT recommendations_priority_check ON astroloh.recommendations IS
'@error PriorityOutOfRange A priority is from 1 to 5.';
COMMENT ON CONSTRAINT recommendations_expiry_check ON astroloh.recommendations IS
'@error ExpiresBeforeCreated A recommendation ends after it began.';
COMMENT ON CONSTRAINT recommendations_shown_check ON astroloh.recommendations IS
'@error ShownMismatch What is active was not shown, and what was shown says when.';

ALTER TABLE astroloh.recommendations ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.recommendations FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.recommendations
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.recommendations
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.recommendations
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.recommendations
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.recommendations
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_worker ON astroloh.recommendations
FOR INSERT TO astroloh_worker WITH CHECK (status = 'active');

GRANT SELECT, UPDATE (status) ON astroloh.recommendations TO astroloh_app;
GRANT
    SELECT,
    INSERT (
        user_id, recommendation_type, content_type, title, description, recommendation_data,
        confidence_score, priority, algorithm_used, model_version, expires_at
    )
ON astroloh.recommendations TO astroloh_worker;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for,
    override_table, override_column, override_min_days, override_max_days, reason
)
VALUES (
    'recommendations', 'astroloh.recommendations', 'delete', 'created_at', '1 year',
    'astroloh.users', 'data_retention_days', 30, 3650,
    'What a person was advised is kept for as long as that person wants.'
)
ON CONFLICT DO NOTHING;

INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('astroloh_recommendations', 'astroloh.expire_recommendations()', '10 minutes')
ON CONFLICT DO NOTHING;

SELECT kernel.masked_view('astroloh.recommendations');
