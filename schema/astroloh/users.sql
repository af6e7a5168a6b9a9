CREATE TABLE astroloh.users (
    -- Random, because strangers see it.
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    encrypted_birth_date kernel.sealed,
    encrypted_birth_time kernel.sealed,
    encrypted_birth_location kernel.sealed,
    encrypted_name kernel.sealed,
    zodiac_sign text,
    gender text,
    data_consent boolean NOT NULL DEFAULT false,
    data_retention_days integer NOT NULL DEFAULT 365,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_accessed timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_zodiac_sign_check CHECK (
        zodiac_sign IN (
            'aries', 'taurus', 'gemini', 'cancer', 'leo', 'virgo', 'libra', 'scorpio',
            'sagittarius', 'capricorn', 'aquarius', 'pisces'
        )
    ),
    CONSTRAINT users_gender_check CHECK (gender IN ('female', 'male', 'other')),
    CONSTRAINT users_data_retention_days_check CHECK (data_retention_days BETWEEN 30 AND 3650),
    -- A time of birth says nothing without the day, and the moment nothing without the place.
    CONSTRAINT users_birth_time_check
    CHECK (encrypted_birth_time IS NULL OR encrypted_birth_date IS NOT NULL),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT users_last_accessed_range_check CHECK (
        last_accessed AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    )
);

-- Whom the horoscope of a sign is sent to; in the order of the pages.
CREATE INDEX users_zodiac_sign_idx ON astroloh.users (zodiac_sign, id)
WHERE zodiac_sign IS NOT NULL;

CREATE INDEX users_created_at_idx ON astroloh.users (created_at);

CREATE INDEX users_last_accessed_idx ON astroloh.users (last_accessed);

-- The day on which a person's own period is over, for enforce_data_retention().
CREATE INDEX users_retention_due_idx ON astroloh.users (
    (((last_accessed AT TIME ZONE 'UTC')::date + data_retention_days))
);

COMMENT ON TABLE astroloh.users IS
'People who talk to the assistant, by whichever platform. What says when, where and as whom they
were born is sealed. An erased person leaves no row.
@row User
@rows 1M';
COMMENT ON COLUMN astroloh.users.id IS
'Our own id of the person, on every platform.
@internal
@subject';
COMMENT ON COLUMN astroloh.users.encrypted_birth_date IS
'Civil date of birth at the place of birth.
@personal birth
@erase delete
@sealed date birth_date birth_date';
COMMENT ON COLUMN astroloh.users.encrypted_birth_time IS
'Civil time of birth at the place of birth, where it is known.
@personal birth
@erase delete
@sealed time birth_time birth_time';
COMMENT ON COLUMN astroloh.users.encrypted_birth_location IS
'Where the person was born, with its time zone.
@personal birth
@erase delete
@sealed jsonb birth_location birth_location pad 128
@json astroloh.birth_place';
COMMENT ON COLUMN astroloh.users.encrypted_name IS
'What the person wants to be called.
@personal identifier
@erase delete
@sealed text name name pad 64';
COMMENT ON COLUMN astroloh.users.zodiac_sign IS
'The sign that the person wants horoscopes for, in the clear: it is what people are looked up by,
and tells a month of birth, so it is stored when the person says so and hidden from analysts.
@personal birth
@erase delete';
COMMENT ON COLUMN astroloh.users.gender IS
'How the person is to be addressed; coarse, optional, and hidden from analysts.
@personal demography
@erase delete';
COMMENT ON COLUMN astroloh.users.data_consent IS
'Whether the person''s data may be processed: set with their consent, cleared when they withdraw it
or when their time is over. What they agreed to, and when, is in kernel.consent_event.
@internal';
COMMENT ON COLUMN astroloh.users.data_retention_days IS
'For how many days without a visit the person wants to be known, 30 to 3,650.
@internal';
COMMENT ON COLUMN astroloh.users.created_at IS
'When the person first came.
@personal activity
@erase delete';
COMMENT ON COLUMN astroloh.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN astroloh.users.last_accessed IS
'When the person was last here, to the minute.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT users_zodiac_sign_check ON astroloh.users IS
'@error UnknownSign There are twelve signs, from aries to pisces.';
COMMENT ON CONSTRAINT users_data_retention_days_check ON astroloh.users IS
'@error RetentionOutOfRange Data is kept for 30 to 3,650 days after the last visit.';
COMMENT ON CONSTRAINT users_birth_time_check ON astroloh.users IS
'@error BirthTimeWithoutDate A time of birth needs the date of birth.';

ALTER TABLE astroloh.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.users
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.users
FOR SELECT TO astroloh_app USING (id = kernel.user_uuid());
CREATE POLICY update_own ON astroloh.users
FOR UPDATE TO astroloh_app USING (id = kernel.user_uuid()) WITH CHECK (id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.users
FOR SELECT TO astroloh_worker USING (true);
CREATE POLICY select_definer ON astroloh.users
FOR SELECT TO astroloh_definer USING (true);
CREATE POLICY insert_definer ON astroloh.users
FOR INSERT TO astroloh_definer WITH CHECK (true);
CREATE POLICY update_definer ON astroloh.users
FOR UPDATE TO astroloh_definer
USING (id = kernel.user_uuid()) WITH CHECK (id = kernel.user_uuid());

GRANT
    SELECT,
    UPDATE (
        encrypted_birth_date, encrypted_birth_time, encrypted_birth_location, encrypted_name,
        zodiac_sign, gender, data_retention_days, last_accessed
    )
ON astroloh.users TO astroloh_app;
-- Jobs send horoscopes by sign and look after who is gone; what is sealed is none of theirs.
GRANT SELECT (
    id, zodiac_sign, gender, data_consent, data_retention_days, created_at, updated_at,
    last_accessed
)
ON astroloh.users TO astroloh_worker;
GRANT
    SELECT (id, data_consent, last_accessed),
    INSERT (id),
    UPDATE (data_consent, last_accessed)
ON astroloh.users TO astroloh_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON astroloh.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON astroloh.users IS
'updated_at is not for statements to set.';

SELECT kernel.guard_sealed('astroloh.users');

SELECT kernel.enable_audit('astroloh.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('astroloh.users');
