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
COMMENT ON CONSTRAINT profiles_pkey ON saltbitter.profiles IS
'@error ProfileExists The person has a profile; change that one, or delete it first.';

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
