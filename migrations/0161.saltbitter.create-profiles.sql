-- The dating platform: people, and profiles with a place.
-- depends: 0027.kernel.replay-erasures
-- requires: extension postgis
-- locks: none that anyone waits for; everything is new

CREATE SCHEMA IF NOT EXISTS saltbitter;

COMMENT ON SCHEMA saltbitter IS
'The dating platform: people and their profiles, searches nearby, decisions and matches, messages,
assessments, what laws want logged, subscriptions, payments and events.
@app
@extensions postgis';

GRANT USAGE ON SCHEMA saltbitter
TO saltbitter_app, saltbitter_worker, saltbitter_analyst, saltbitter_definer, strongroom_runner;

-- A function can only be given to a role that may create in its schema. No program's login can
-- become this role; the owner and the migrator can.
GRANT CREATE ON SCHEMA saltbitter TO saltbitter_definer;

CREATE TYPE saltbitter.photo AS (
    url text
);

COMMENT ON TYPE saltbitter.photo IS
'One photo of a profile.';
COMMENT ON COLUMN saltbitter.photo.url IS 'Where it is: https, at most 500 characters.';

GRANT USAGE ON TYPE saltbitter.photo TO saltbitter_app, saltbitter_worker, saltbitter_definer;

CREATE TABLE saltbitter.users (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    email text NOT NULL,
    password_hash text NOT NULL,
    verified boolean NOT NULL DEFAULT false,
    subscription_tier text NOT NULL DEFAULT 'free',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_login_at timestamptz,
    erased_at timestamptz,
    moved_at timestamptz,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_email_key UNIQUE (email),
    -- Small letters only, so that A@x and a@x are one person, and an index finds them.
    CONSTRAINT users_email_case_check CHECK (email = lower(email)),
    CONSTRAINT users_email_format_check
        CHECK (length(email) <= 254 AND email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'),
    CONSTRAINT users_email_reserved_check
        CHECK (erased_at IS NOT NULL OR email !~ '@erased\.invalid$'),
    CONSTRAINT users_password_hash_check CHECK (
        password_hash ~ '^\$2[aby]\$12\$[./A-Za-z0-9]{53}$'
        OR erased_at IS NOT NULL AND password_hash = '*'
    ),
    CONSTRAINT users_subscription_tier_check
        CHECK (subscription_tier IN ('free', 'premium', 'elite')),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT users_last_login_at_range_check CHECK (
        last_login_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    -- Payments outlive the person: what stays of an erased one is the id and the moment.
    CONSTRAINT users_tombstone_check CHECK (
        erased_at IS NULL
        OR email = id::text || '@erased.invalid'
        AND password_hash = '*'
        AND NOT verified
        AND subscription_tier = 'free'
        AND created_at = erased_at
        AND last_login_at IS NULL
        AND moved_at IS NULL
    )
);

CREATE INDEX users_subscription_tier_idx ON saltbitter.users (subscription_tier, id)
WHERE subscription_tier <> 'free';

COMMENT ON TABLE saltbitter.users IS
'People with an account. An erased person stays as a tombstone (id and erased_at), because payments
are kept.
@row User
@rows 10M';
COMMENT ON COLUMN saltbitter.users.id IS
'The person; strangers see it, so it tells nothing of when they joined.
@internal
@subject';
COMMENT ON COLUMN saltbitter.users.email IS
'Where the person is reached, in small letters; of an erased person, made of the id.
@personal contact
@erase mask id::text || ''@erased.invalid''';
COMMENT ON COLUMN saltbitter.users.password_hash IS
'The password as bcrypt of cost 12 makes it; of an erased person an asterisk, which no password
gives.
@personal credential
@erase mask ''*''';
COMMENT ON COLUMN saltbitter.users.verified IS
'Whether the person has shown that the address is theirs.
@internal
@erase mask false';
COMMENT ON COLUMN saltbitter.users.subscription_tier IS
'What the person pays for now. The subscription decides; this follows it.
@personal subscription
@erase mask ''free''
@mask keep';
COMMENT ON COLUMN saltbitter.users.created_at IS
'When the person joined; of an erased person, the moment of erasure.
@personal activity
@erase mask erased_at';
COMMENT ON COLUMN saltbitter.users.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN saltbitter.users.last_login_at IS
'When the person last logged in.
@personal activity
@erase null';
COMMENT ON COLUMN saltbitter.users.erased_at IS
'When the person was erased; NULL for everybody else.
@internal';
COMMENT ON COLUMN saltbitter.users.moved_at IS
'When the profile last came into another cell; the next move has to wait. It stands here because a
profile can be deleted and made anew.
@personal activity
@erase null';
COMMENT ON CONSTRAINT users_email_case_check ON saltbitter.users IS
'@error EmailCase An e-mail address is kept in small letters.';
COMMENT ON CONSTRAINT users_email_format_check ON saltbitter.users IS
'@error EmailInvalid An e-mail address is name@host.domain, at most 254 characters.';
COMMENT ON CONSTRAINT users_email_reserved_check ON saltbitter.users IS
'@error EmailReserved Addresses at erased.invalid belong to nobody.';
COMMENT ON CONSTRAINT users_password_hash_check ON saltbitter.users IS
'@error PasswordHashInvalid A password is kept as a bcrypt hash of cost 12, never as it is.';

ALTER TABLE saltbitter.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.users FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.users
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.users
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.users
FOR SELECT TO saltbitter_app USING (id = kernel.user_uuid());
CREATE POLICY update_own ON saltbitter.users
FOR UPDATE TO saltbitter_app USING (id = kernel.user_uuid()) WITH CHECK (id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.users
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY update_worker ON saltbitter.users
FOR UPDATE TO saltbitter_worker USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);
CREATE POLICY select_definer ON saltbitter.users
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.users
FOR INSERT TO saltbitter_definer WITH CHECK (erased_at IS NULL);
CREATE POLICY update_definer ON saltbitter.users
FOR UPDATE TO saltbitter_definer USING (erased_at IS NULL) WITH CHECK (erased_at IS NULL);

GRANT
    SELECT (id, email, verified, subscription_tier, created_at, updated_at, last_login_at),
    UPDATE (last_login_at)
ON saltbitter.users TO saltbitter_app;
GRANT
    SELECT (id, email, verified, subscription_tier, created_at, last_login_at, erased_at),
    UPDATE (verified)
ON saltbitter.users TO saltbitter_worker;
GRANT
    SELECT (id, email, password_hash, verified, subscription_tier, erased_at, moved_at),
    INSERT (email, password_hash),
    UPDATE (email, password_hash, verified, subscription_tier, moved_at)
ON saltbitter.users TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.users
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.users IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.users');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.users');

CREATE OR REPLACE FUNCTION saltbitter.is_photo_list(p_photos jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF jsonb_typeof(p_photos) <> 'array' OR jsonb_array_length(p_photos) > 9 THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT
        FROM jsonb_array_elements(p_photos) AS p (photo)
        WHERE jsonb_typeof(p.photo) <> 'object'
           OR p.photo - 'url' <> '{}'
           OR jsonb_typeof(p.photo -> 'url') IS DISTINCT FROM 'string'
           OR p.photo ->> 'url' !~ '^https://[^\s]+$'
           OR length(p.photo ->> 'url') > 500
    );
END;
$$;

COMMENT ON FUNCTION saltbitter.is_photo_list(jsonb) IS
'Whether this is what a profile may show: at most 9 objects {"url": "https://..."}, each address of
at most 500 characters.';

GRANT EXECUTE ON FUNCTION saltbitter.is_photo_list(jsonb)
TO saltbitter_app, saltbitter_worker, saltbitter_definer;

CREATE TABLE saltbitter.profiles (
    user_id uuid NOT NULL,
    name text NOT NULL,
    birth_date date NOT NULL,
    gender text NOT NULL,
    bio text,
    photos jsonb NOT NULL DEFAULT '[]',
    location extensions.geography(Point, 4326),
    completeness_score numeric(5, 2) NOT NULL GENERATED ALWAYS AS (
        40
        + CASE WHEN bio IS NULL THEN 0 ELSE 20 END
        + CASE WHEN photos = '[]' THEN 0 ELSE 20 END
        + CASE WHEN location IS NULL THEN 0 ELSE 10 END
        + CASE WHEN looking_for_gender IS NULL THEN 0 ELSE 10 END
    ) STORED,
    looking_for_gender text,
    min_age integer NOT NULL DEFAULT 18,
    max_age integer NOT NULL DEFAULT 99,
    max_distance_km integer NOT NULL DEFAULT 50,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    is_visible boolean NOT NULL DEFAULT true,
    CONSTRAINT profiles_pkey PRIMARY KEY (user_id),
    CONSTRAINT profiles_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT profiles_name_length_check CHECK (length(name) BETWEEN 1 AND 50),
    -- Days only pass: what was true when it was written stays true.
    CONSTRAINT profiles_adult_check
        CHECK (birth_date <= (now() AT TIME ZONE 'UTC')::date - interval '18 years'),
    CONSTRAINT profiles_birth_date_range_check CHECK (birth_date >= date '1900-01-01'),
    CONSTRAINT profiles_gender_check CHECK (gender IN ('woman', 'man', 'nonbinary')),
    CONSTRAINT profiles_bio_length_check CHECK (length(bio) BETWEEN 1 AND 2000),
    CONSTRAINT profiles_photos_check CHECK (saltbitter.is_photo_list(photos)),
    CONSTRAINT profiles_completeness_score_check
        CHECK (completeness_score BETWEEN 0 AND 100),
    CONSTRAINT profiles_looking_for_gender_check
        CHECK (looking_for_gender IN ('woman', 'man', 'nonbinary', 'everyone')),
    CONSTRAINT profiles_age_wishes_check
        CHECK (min_age >= 18 AND min_age <= max_age AND max_age <= 120),
    CONSTRAINT profiles_max_distance_km_check CHECK (max_distance_km BETWEEN 1 AND 500)
);

CREATE INDEX profiles_location_idx ON saltbitter.profiles USING gist (location);

COMMENT ON TABLE saltbitter.profiles IS
'What people show of themselves, whom they look for, and about where they are. Keyed by the person.
@row Profile
@rows 10M';
COMMENT ON COLUMN saltbitter.profiles.user_id IS
'Whose profile it is.
@internal';
COMMENT ON COLUMN saltbitter.profiles.name IS
'What the person is called here.
@personal identifier
@erase delete
@mask hide';
COMMENT ON COLUMN saltbitter.profiles.birth_date IS
'When the person was born; others see the age in years.
@personal birth
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.gender IS
'What the person is.
@personal gender
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.bio IS
'What the person says of themselves.
@personal content
@erase delete
@mask presence';
COMMENT ON COLUMN saltbitter.profiles.photos IS
'Photos in the order in which they are shown.
@personal content
@erase delete
@json saltbitter.photo[]';
COMMENT ON COLUMN saltbitter.profiles.location IS
'The middle of the cell in which the person is, never the place itself: see
saltbitter.cell_centre(). Longitude and latitude on WGS 84.
@personal location
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.completeness_score IS
'How much of the profile is filled in, in percent.
@internal';
COMMENT ON COLUMN saltbitter.profiles.looking_for_gender IS
'Whom the person wants to meet; NULL for who neither searches nor is found.
@personal orientation
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.min_age IS
'The youngest whom the person wants to meet, in years.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.max_age IS
'The oldest whom the person wants to meet, in years.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.max_distance_km IS
'How far away others may be, in kilometres.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.created_at IS
'When the profile was made.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.profiles.updated_at IS
'When the profile last changed.
@internal';
COMMENT ON COLUMN saltbitter.profiles.is_visible IS
'False for who wants a rest: is not found by others.
@personal preference
@erase delete';
COMMENT ON CONSTRAINT profiles_name_length_check ON saltbitter.profiles IS
'@error NameLength A name has 1 to 50 characters.';
COMMENT ON CONSTRAINT profiles_adult_check ON saltbitter.profiles IS
'@error NotAdult People have to be 18 years old.';
COMMENT ON CONSTRAINT profiles_birth_date_range_check ON saltbitter.profiles IS
'@error BirthDateInvalid Nobody here was born before 1900.';
COMMENT ON CONSTRAINT profiles_bio_length_check ON saltbitter.profiles IS
'@error BioLength What people say of themselves has 1 to 2,000 characters.';
COMMENT ON CONSTRAINT profiles_photos_check ON saltbitter.profiles IS
'@error PhotosInvalid A profile has at most 9 photos, each an https address.';
COMMENT ON CONSTRAINT profiles_age_wishes_check ON saltbitter.profiles IS
'@error AgeWishesInvalid Wishes of age go from 18 or more to 120 or less, the smaller one first.';
COMMENT ON CONSTRAINT profiles_max_distance_km_check ON saltbitter.profiles IS
'@error DistanceWishInvalid A distance is from 1 to 500 km.';

ALTER TABLE saltbitter.profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.profiles FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.profiles
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.profiles
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.profiles
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON saltbitter.profiles
FOR INSERT TO saltbitter_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY update_own ON saltbitter.profiles
FOR UPDATE TO saltbitter_app
USING (user_id = kernel.user_uuid())
WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON saltbitter.profiles
FOR DELETE TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON saltbitter.profiles
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY select_definer ON saltbitter.profiles
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY update_definer ON saltbitter.profiles
FOR UPDATE TO saltbitter_definer
USING (user_id = kernel.user_uuid())
WITH CHECK (user_id = kernel.user_uuid());

GRANT
    SELECT,
    INSERT (
        user_id, name, birth_date, gender, bio, photos, looking_for_gender, min_age, max_age,
        max_distance_km
    ),
    UPDATE (
        name, birth_date, gender, bio, photos, looking_for_gender, min_age, max_age,
        max_distance_km, is_visible
    ),
    DELETE
ON saltbitter.profiles TO saltbitter_app;
GRANT SELECT (user_id, gender, completeness_score, created_at, is_visible) ON saltbitter.profiles
TO saltbitter_worker;
GRANT SELECT, UPDATE (location) ON saltbitter.profiles TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.profiles
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.profiles IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('saltbitter.profiles');

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.profiles');
