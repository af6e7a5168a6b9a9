-- Consultations, preferences and interactions.
-- depends: 0122.astroloh.create-dialogs
-- locks: SHARE ROW EXCLUSIVE on astroloh.users, for an instant: the foreign keys

CREATE TABLE astroloh.horoscope_requests (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    request_type text NOT NULL,
    encrypted_target_date kernel.sealed,
    encrypted_partner_data kernel.sealed,
    ip_hash astroloh.keyed_hash,
    processing_time_ms integer,
    cache_hit boolean NOT NULL DEFAULT false,
    processed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT horoscope_requests_pkey PRIMARY KEY (user_id, processed_at, id),
    CONSTRAINT horoscope_requests_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT horoscope_requests_request_type_check CHECK (
        request_type IN ('daily', 'weekly', 'monthly', 'natal', 'compatibility')
    ),
    CONSTRAINT horoscope_requests_partner_check CHECK (
        (request_type = 'compatibility') = (encrypted_partner_data IS NOT NULL)
    ),
    CONSTRAINT horoscope_requests_processing_time_check CHECK (processing_time_ms >= 0)
) PARTITION BY RANGE (processed_at);

-- Counts by kind and span of time.
CREATE INDEX horoscope_requests_request_type_idx
ON astroloh.horoscope_requests (request_type, processed_at);

-- For retention, and for what was asked lately of whatever kind.
CREATE INDEX horoscope_requests_processed_at_idx ON astroloh.horoscope_requests (processed_at);

-- Who asks too often from one address.
CREATE INDEX horoscope_requests_ip_hash_idx
ON astroloh.horoscope_requests (ip_hash, processed_at)
WHERE ip_hash IS NOT NULL;

COMMENT ON TABLE astroloh.horoscope_requests IS
'Consultations: what was asked for, for which day and with whom (sealed), and how long it took.
@row HoroscopeRequest
@rows 50M';
COMMENT ON COLUMN astroloh.horoscope_requests.user_id IS
'Who asked.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.id IS
'Id of the consultation, made by the program, because sealed values are bound to it.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.request_type IS
'What was asked for.
@personal belief
@erase delete';
COMMENT ON COLUMN astroloh.horoscope_requests.encrypted_target_date IS
'The day that was asked about.
@personal content
@erase delete
@sealed date target_date target_date';
COMMENT ON COLUMN astroloh.horoscope_requests.encrypted_partner_data IS
'Whom the person would be compared with: exactly for compatibility.
@personal content
@erase delete
@sealed jsonb partner_data partner_data pad 256
@json astroloh.partner';
COMMENT ON COLUMN astroloh.horoscope_requests.ip_hash IS
'Keyed hash of the address.
@personal network
@erase delete';
COMMENT ON COLUMN astroloh.horoscope_requests.processing_time_ms IS
'How long the answer took, in milliseconds.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.cache_hit IS
'Whether the answer was there already.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.processed_at IS
'When it was answered; part of the key, so the program says it.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT horoscope_requests_partner_check ON astroloh.horoscope_requests IS
'@error PartnerMismatch Compatibility is asked for with a partner, everything else without one.';
COMMENT ON CONSTRAINT horoscope_requests_processing_time_check ON astroloh.horoscope_requests IS
'@error NegativeDuration An answer takes no less than no time.';

ALTER TABLE astroloh.horoscope_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.horoscope_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.horoscope_requests
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.horoscope_requests
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.horoscope_requests
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.horoscope_requests
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON astroloh.horoscope_requests
FOR DELETE TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.horoscope_requests
FOR SELECT TO astroloh_worker USING (true);

GRANT
    SELECT,
    INSERT (
        user_id, id, request_type, encrypted_target_date, encrypted_partner_data, ip_hash,
        processing_time_ms, cache_hit, processed_at
    ),
    DELETE
ON astroloh.horoscope_requests TO astroloh_app;
-- Jobs count what was asked for; for which day and with whom is none of theirs.
GRANT SELECT (user_id, id, request_type, ip_hash, processing_time_ms, cache_hit, processed_at)
ON astroloh.horoscope_requests TO astroloh_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('astroloh.horoscope_requests', 'time', '1 month', 12, '10 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for,
    override_table, override_column, override_min_days, override_max_days, reason
)
VALUES (
    'horoscope_requests', 'astroloh.horoscope_requests', 'delete', 'processed_at', '1 year',
    'astroloh.users', 'data_retention_days', 30, 3650,
    'What a person asked is kept for as long as that person wants.'
)
ON CONFLICT DO NOTHING;

SELECT kernel.guard_sealed('astroloh.horoscope_requests');

SELECT kernel.masked_view('astroloh.horoscope_requests');

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.daily_requests WITH (security_barrier = true) AS
SELECT
    (r.processed_at AT TIME ZONE 'UTC')::date AS day,
    r.request_type,
    count(*) AS requests,
    count(DISTINCT r.user_id) AS people,
    count(*) FILTER (WHERE r.cache_hit) AS cache_hits,
    count(r.processing_time_ms) FILTER (WHERE r.processing_time_ms > 1000) AS slow_answers
FROM astroloh.horoscope_requests AS r
WHERE r.processed_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW astroloh.daily_requests IS
'Consultations by day (UTC) and kind, of days that are over. Groups of fewer than five people are
left out.
@row DailyRequests';
COMMENT ON COLUMN astroloh.daily_requests.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN astroloh.daily_requests.request_type IS
'What was asked for.
@public';
COMMENT ON COLUMN astroloh.daily_requests.requests IS
'How many consultations.
@public';
COMMENT ON COLUMN astroloh.daily_requests.people IS
'Of how many people, at least five.
@public';
COMMENT ON COLUMN astroloh.daily_requests.cache_hits IS
'How many answers were there already.
@public';
COMMENT ON COLUMN astroloh.daily_requests.slow_answers IS
'How many answers took more than a second.
@public';

GRANT SELECT ON astroloh.daily_requests TO astroloh_analyst;

CREATE OR REPLACE FUNCTION astroloh.is_valid_interests(p_interests jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF pg_catalog.jsonb_typeof(p_interests) IS DISTINCT FROM 'object' THEN
        RETURN false;
    END IF;
    RETURN (
        SELECT
            pg_catalog.count(*) <= 50
            AND coalesce(
                pg_catalog.bool_and(
                    CASE pg_catalog.jsonb_typeof(part.weight)
                        WHEN 'number' THEN (part.weight #>> '{}')::numeric BETWEEN 0 AND 1
                        ELSE false
                    END
                    AND part.subject ~ '^[a-z][a-z0-9_]{0,49}$'
                ),
                true
            )
        FROM pg_catalog.jsonb_each(p_interests) AS part (subject, weight)
    );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_interests(jsonb) IS
'Whether a document holds interests: an object of at most 50 words of the program, each with a
number from 0 to 1. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_interests(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;

CREATE OR REPLACE FUNCTION astroloh.is_valid_time_slots(p_slots jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    c_time CONSTANT text := '^"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"$';
BEGIN
    IF pg_catalog.jsonb_typeof(p_slots) IS DISTINCT FROM 'array' THEN
        RETURN false;
    END IF;
    RETURN pg_catalog.jsonb_array_length(p_slots) <= 24
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.jsonb_array_elements(p_slots) AS slot (value)
            WHERE CASE pg_catalog.jsonb_typeof(slot.value)
                WHEN 'object' THEN
                    slot.value - ARRAY['start', 'end'] <> '{}'
                    OR coalesce((slot.value -> 'start')::text !~ c_time, true)
                    OR coalesce((slot.value -> 'end')::text !~ c_time, true)
                    OR slot.value -> 'start' = slot.value -> 'end'
                ELSE true
            END
        );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_time_slots(jsonb) IS
'Whether a document is a list of spans of the day: at most 24 objects of start and end, each a time
as 09:00, and not the same. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_time_slots(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;

CREATE OR REPLACE FUNCTION astroloh.is_time_zone(p_name text)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Abbreviations and offsets don't know of summer time.
    IF p_name !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$' THEN
        RETURN false;
    END IF;
    RETURN timestamptz '2000-01-01 00:00+00' AT TIME ZONE p_name IS NOT NULL OR p_name IS NULL;
EXCEPTION
    WHEN invalid_parameter_value THEN
        RETURN false;
END;
$$;

COMMENT ON FUNCTION astroloh.is_time_zone(text) IS
'Whether a time zone is called so: UTC, or an area and a place that the server knows. True for NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_time_zone(text) TO astroloh_app, astroloh_worker;

CREATE TABLE astroloh.user_preferences (
    user_id uuid NOT NULL,
    interests jsonb NOT NULL DEFAULT '{}',
    communication_style text NOT NULL DEFAULT 'balanced',
    complexity_level text NOT NULL DEFAULT 'intermediate',
    preferred_time_slots jsonb NOT NULL DEFAULT '[]',
    timezone text,
    cultural_context text,
    language_preference text NOT NULL DEFAULT 'ru',
    content_length_preference text NOT NULL DEFAULT 'medium',
    detail_level text NOT NULL DEFAULT 'standard',
    preferences jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- One row a person.
    CONSTRAINT user_preferences_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_preferences_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT user_preferences_interests_check CHECK (astroloh.is_valid_interests(interests)),
    CONSTRAINT user_preferences_communication_style_check CHECK (
        communication_style IN ('balanced', 'formal', 'casual', 'friendly', 'mystical')
    ),
    CONSTRAINT user_preferences_complexity_level_check
        CHECK (complexity_level IN ('beginner', 'intermediate', 'advanced')),
    CONSTRAINT user_preferences_time_slots_check
        CHECK (astroloh.is_valid_time_slots(preferred_time_slots)),
    CONSTRAINT user_preferences_timezone_check CHECK (astroloh.is_time_zone(timezone)),
    CONSTRAINT user_preferences_cultural_context_check
        CHECK (cultural_context IN ('western', 'vedic', 'chinese')),
    CONSTRAINT user_preferences_language_preference_check
        CHECK (language_preference ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    CONSTRAINT user_preferences_content_length_preference_check
        CHECK (content_length_preference IN ('short', 'medium', 'long')),
    CONSTRAINT user_preferences_detail_level_check
        CHECK (detail_level IN ('brief', 'standard', 'detailed')),
    CONSTRAINT user_preferences_preferences_check CHECK (
        jsonb_typeof(preferences) = 'object' AND octet_length(preferences::text) <= 16384
    )
);

-- Who is interested in something: interests ? 'career', which jsonb_path_ops can't answer.
CREATE INDEX user_preferences_interests_idx ON astroloh.user_preferences USING gin (interests);

CREATE INDEX user_preferences_cultural_context_idx
ON astroloh.user_preferences (cultural_context, user_id)
WHERE cultural_context IS NOT NULL;

COMMENT ON TABLE astroloh.user_preferences IS
'How a person wants to be talked to, and about what. The only place for preferences; what was
learned about them is here, too.
@row UserPreferences
@rows 1M';
COMMENT ON COLUMN astroloh.user_preferences.user_id IS
'Whose.
@internal';
COMMENT ON COLUMN astroloh.user_preferences.interests IS
'Subjects with their weights, from 0 to 1.
@personal preference
@erase delete';
COMMENT ON COLUMN astroloh.user_preferences.communication_style IS
'The tone.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_preferences.complexity_level IS
'How much astrology is to be in it.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_preferences.preferred_time_slots IS
'When the person wants to hear something.
@personal preference
@erase delete
@json astroloh.time_slot[]';
COMMENT ON COLUMN astroloh.user_preferences.timezone IS
'IANA name of the zone in which the person lives.
@personal location
@erase delete';
COMMENT ON COLUMN astroloh.user_preferences.cultural_context IS
'The school of astrology.
@personal belief
@erase delete';
COMMENT ON COLUMN astroloh.user_preferences.language_preference IS
'Language, as ru or en-GB.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_preferences.content_length_preference IS
'How long an answer is to be.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_preferences.detail_level IS
'How thorough an answer is to be.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN astroloh.user_preferences.preferences IS
'What was learned about the person, by name of the model.
@personal preference
@erase delete';
COMMENT ON COLUMN astroloh.user_preferences.created_at IS
'When the person first said something of it.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.user_preferences.updated_at IS
'When the row last changed.
@internal';
COMMENT ON CONSTRAINT user_preferences_interests_check ON astroloh.user_preferences IS
'@error InvalidInterests Interests are at most 50 words, each with a weight from 0 to 1.';
COMMENT ON CONSTRAINT user_preferences_time_slots_check ON astroloh.user_preferences IS
'@error InvalidTimeSlots Time slots are at most 24, each with start and end of the day.';
COMMENT ON CONSTRAINT user_preferences_timezone_check ON astroloh.user_preferences IS
'@error UnknownTimeZone A zone is called as Europe/Moscow is.';
COMMENT ON CONSTRAINT user_preferences_language_preference_check ON astroloh.user_preferences IS
'@error InvalidLanguage A language is called as ru or en-GB is.';
COMMENT ON CONSTRAINT user_preferences_preferences_check ON astroloh.user_preferences IS
'@error InvalidInsights What was learned is an object of at most 16,384 bytes.';

ALTER TABLE astroloh.user_preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.user_preferences FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.user_preferences
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.user_preferences
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.user_preferences
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.user_preferences
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.user_preferences
FOR UPDATE TO astroloh_app
USING (user_id = kernel.user_uuid()) WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.user_preferences
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY update_worker ON astroloh.user_preferences
FOR UPDATE TO astroloh_worker USING (true) WITH CHECK (true);

GRANT
    SELECT,
    INSERT (
        user_id, interests, communication_style, complexity_level, preferred_time_slots, timezone,
        cultural_context, language_preference, content_length_preference, detail_level
    ),
    UPDATE (
        interests, communication_style, complexity_level, preferred_time_slots, timezone,
        cultural_context, language_preference, content_length_preference, detail_level
    )
ON astroloh.user_preferences TO astroloh_app;
-- Models write what they learned, and read what the person said.
GRANT SELECT, UPDATE (preferences) ON astroloh.user_preferences TO astroloh_worker;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON astroloh.user_preferences
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON astroloh.user_preferences IS
'updated_at is not for statements to set.';

SELECT kernel.masked_view('astroloh.user_preferences');

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

-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.daily_interactions WITH (security_barrier = true) AS
SELECT
    (i.occurred_at AT TIME ZONE 'UTC')::date AS day,
    i.content_type,
    i.interaction_type,
    count(*) AS interactions,
    count(DISTINCT i.user_id) AS people,
    count(i.rating) AS ratings,
    count(*) FILTER (WHERE i.rating >= 4) AS good_ratings
FROM astroloh.user_interactions AS i
WHERE i.occurred_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2, 3
HAVING count(DISTINCT i.user_id) >= 5;

COMMENT ON VIEW astroloh.daily_interactions IS
'What people did by day (UTC), content and kind, of days that are over. Groups of fewer than five
people are left out.
@row DailyInteractions';
COMMENT ON COLUMN astroloh.daily_interactions.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.content_type IS
'With what.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.interaction_type IS
'What they did.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.interactions IS
'How often.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.people IS
'How many people, at least five.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.ratings IS
'How many of these have a rating.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.good_ratings IS
'How many of these ratings are 4 or 5.
@public';

GRANT SELECT ON astroloh.daily_interactions TO astroloh_analyst;
