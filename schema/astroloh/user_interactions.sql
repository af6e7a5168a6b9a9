CREATE TABLE astroloh.user_interactions (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    interaction_type text NOT NULL,
    content_type text NOT NULL,
    content_id text,
    session_duration integer,
    rating integer,
    feedback_text text,
    astronomical_data jsonb,
    occurred_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT user_interactions_pkey PRIMARY KEY (user_id, occurred_at, id),
    CONSTRAINT user_interactions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT user_interactions_interaction_type_check
        CHECK (interaction_type IN ('view', 'like', 'dislike', 'save', 'share')),
    CONSTRAINT user_interactions_content_type_check
        CHECK (content_type IN ('horoscope', 'compatibility', 'lunar')),
    CONSTRAINT user_interactions_content_id_length_check
        CHECK (length(content_id) BETWEEN 1 AND 255),
    CONSTRAINT user_interactions_session_duration_check CHECK (session_duration >= 0),
    CONSTRAINT user_interactions_rating_check CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT user_interactions_feedback_text_length_check
        CHECK (length(feedback_text) BETWEEN 1 AND 4000),
    CONSTRAINT user_interactions_astronomical_data_check CHECK (
        jsonb_typeof(astronomical_data) = 'object'
        AND octet_length(astronomical_data::text) <= 16384
    )
) PARTITION BY RANGE (occurred_at);

-- What people do, by kind and span of time.
CREATE INDEX user_interactions_interaction_type_idx
ON astroloh.user_interactions (interaction_type, occurred_at);

CREATE INDEX user_interactions_content_type_idx
ON astroloh.user_interactions (content_type, occurred_at);

-- For retention, and for what is new for the models.
CREATE INDEX user_interactions_occurred_at_idx ON astroloh.user_interactions (occurred_at);

-- Ratings of a kind of content, the worst first.
CREATE INDEX user_interactions_rating_idx
ON astroloh.user_interactions (content_type, rating, occurred_at)
WHERE rating IS NOT NULL;

-- Under which sky: astronomical_data @> '{"moon": {"sign": "leo"}}', and nothing else is asked.
CREATE INDEX user_interactions_astronomical_data_idx
ON astroloh.user_interactions USING gin (astronomical_data jsonb_path_ops);

COMMENT ON TABLE astroloh.user_interactions IS
'What people did with what they were shown, and under which sky.
@row UserInteraction
@rows 100M';
COMMENT ON COLUMN astroloh.user_interactions.user_id IS
'Who.
@internal';
COMMENT ON COLUMN astroloh.user_interactions.id IS
'Id of the interaction, rising with time.
@internal';
COMMENT ON COLUMN astroloh.user_interactions.interaction_type IS
'What the person did.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_interactions.content_type IS
'With what.
@personal activity
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_interactions.content_id IS
'Which one, by the program''s own name for it.
@internal
@mask hide';
COMMENT ON COLUMN astroloh.user_interactions.session_duration IS
'For how many seconds.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.user_interactions.rating IS
'From 1 to 5 stars.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_interactions.feedback_text IS
'What the person said of it.
@personal content
@erase delete
@mask presence';
COMMENT ON COLUMN astroloh.user_interactions.astronomical_data IS
'Places of the planets and transits at that time: by planet, an object of sign and degrees.
@public';
COMMENT ON COLUMN astroloh.user_interactions.occurred_at IS
'When.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT user_interactions_rating_check ON astroloh.user_interactions IS
'@error RatingOutOfRange A rating is from 1 to 5.';
COMMENT ON CONSTRAINT user_interactions_session_duration_check ON astroloh.user_interactions IS
'@error NegativeVisit A visit takes no less than no time.';
COMMENT ON CONSTRAINT user_interactions_feedback_text_length_check
ON astroloh.user_interactions IS
'@error FeedbackLength Feedback has 1 to 4,000 characters.';
COMMENT ON CONSTRAINT user_interactions_astronomical_data_check ON astroloh.user_interactions IS
'@error InvalidSky The places of the planets are an object of at most 16,384 bytes.';

ALTER TABLE astroloh.user_interactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.user_interactions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.user_interactions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.user_interactions
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.user_interactions
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.user_interactions
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.user_interactions
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY insert_worker ON astroloh.user_interactions
FOR INSERT TO astroloh_worker WITH CHECK (true);

GRANT
    SELECT,
    INSERT (
        user_id, interaction_type, content_type, content_id, session_duration, rating,
        feedback_text, astronomical_data, occurred_at
    )
ON astroloh.user_interactions TO astroloh_app;
-- Models learn from what people did; what they said in words is none of theirs.
GRANT
    SELECT (
        user_id, id, interaction_type, content_type, content_id, session_duration, rating,
        astronomical_data, occurred_at
    ),
    INSERT (
        user_id, interaction_type, content_type, content_id, session_duration, rating,
        feedback_text, astronomical_data, occurred_at
    )
ON astroloh.user_interactions TO astroloh_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('astroloh.user_interactions', 'time', '1 month', 12, '10 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for,
    override_table, override_column, override_min_days, override_max_days, reason
)
VALUES (
    'user_interactions', 'astroloh.user_interactions', 'delete', 'occurred_at', '1 year',
    'astroloh.users', 'data_retention_days', 30, 3650,
    'What a person did is kept for as long as that person wants.'
)
ON CONFLICT DO NOTHING;

-- How often what was done, for ever: without anybody's name, it may outlive everybody.
SELECT kernel.count(
    'astroloh.user_interactions', 'daily_interactions_ever', '{interaction_type, content_type}',
    p_day => 'occurred_at'
);

-- What was done, on which day: with nobody's id and nobody's words beside it, it is nobody's.
COMMENT ON COLUMN astroloh.daily_interactions_ever.interaction_type IS
'What was done.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever.content_type IS
'With what.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever.day IS
'Day in UTC.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_deltas.interaction_type IS
'What was done.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_deltas.content_type IS
'With what.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_deltas.day IS
'Day in UTC.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_totals.interaction_type IS
'What was done.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_totals.content_type IS
'With what.
@internal';
COMMENT ON COLUMN astroloh.daily_interactions_ever_totals.day IS
'Day in UTC.
@internal';

SELECT kernel.masked_view('astroloh.user_interactions');
