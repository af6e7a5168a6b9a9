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
