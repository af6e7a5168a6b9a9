-- What people show of themselves, and where they are, which is never exact.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        CASE a.attgenerated WHEN '' THEN pg_get_expr(d.adbin, d.adrelid) COLLATE "default" ELSE 'generated' END
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'saltbitter.profiles'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'uuid', true, NULL),
        ('name', 'text', true, NULL),
        ('birth_date', 'date', true, NULL),
        ('gender', 'text', true, NULL),
        ('bio', 'text', false, NULL),
        ('photos', 'jsonb', true, '''[]''::jsonb'),
        ('location', 'extensions.geography(Point,4326)', false, NULL),
        ('completeness_score', 'numeric(5,2)', true, 'generated'),
        ('looking_for_gender', 'text', false, NULL),
        ('min_age', 'integer', true, '18'),
        ('max_age', 'integer', true, '99'),
        ('max_distance_km', 'integer', true, '50'),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('updated_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('is_visible', 'boolean', true, 'true')
    $$,
    '[S-11] [S-11.1..S-11.14] [S-F8] [S-F10] profiles has its columns, a date of birth in the place of an age'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'saltbitter' AND tablename = 'profiles' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX profiles_location_idx ON saltbitter.profiles USING gist (location)'),
        ('CREATE UNIQUE INDEX profiles_pkey ON saltbitter.profiles USING btree (user_id)')
    $$,
    '[S-11.15, S-11.16] [S-F1] [S-01] one index by person, and one by place'
);

\ir _people.sql
SELECT pg_temp.person(1);
SELECT pg_temp.person(2);
SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;

SELECT throws_ok(
    'SELECT saltbitter.set_location(1, 1)', 'SB001', NULL, '[S-22] a place belongs to a profile'
);
SELECT lives_ok(
    $$
    INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender)
    VALUES (pg_temp.id(1), 'Ann', '1990-05-17', 'woman')
    $$,
    '[S-11.1] [S-22] a person makes a profile'
);
SELECT throws_ok(
    $$
    INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender)
    VALUES (pg_temp.id(1), 'Ann', '1990-05-17', 'woman')
    $$,
    '23505', NULL, '[S-22] and no second one'
);
SELECT throws_ok(
    $$
    INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender)
    VALUES (pg_temp.id(2), 'Bob', '1990-05-17', 'man')
    $$,
    '42501', NULL, '[S-F29] nor one for somebody else'
);
SELECT throws_matching(
    format('UPDATE saltbitter.profiles SET %s', wrong.change), wrong.rule, '[S-05] a profile has no ' || wrong.what
)
FROM (
    VALUES
        ('name = ''''', 'profiles_name_length_check', 'empty name'),
        ('name = repeat(''x'', 51)', 'profiles_name_length_check', 'long name'),
        ('bio = repeat(''x'', 2001)', 'profiles_bio_length_check', 'long story'),
        ('gender = ''robot''', 'profiles_gender_check', 'gender outside the list'),
        ('looking_for_gender = ''robots''', 'profiles_looking_for_gender_check', 'wish outside the list'),
        ('birth_date = ''1899-12-31''', 'profiles_birth_date_range_check', 'birth before 1900'),
        ('max_distance_km = 0', 'profiles_max_distance_km_check', 'distance of nothing'),
        ('max_distance_km = 501', 'profiles_max_distance_km_check', 'distance round the world')
) AS wrong (change, rule, what);
SELECT throws_matching(
    format('UPDATE saltbitter.profiles SET %s', wrong.change), 'profiles_age_wishes_check',
    '[S-F10] wishes of age are not ' || wrong.change
)
FROM (
    VALUES ('min_age = 17'), ('min_age = 40, max_age = 39'), ('max_age = 121')
) AS wrong (change);
SELECT throws_matching(
    $$ UPDATE saltbitter.profiles SET birth_date = (now() AT TIME ZONE 'UTC')::date - interval '18 years' + interval '1 day' $$,
    'profiles_adult_check', '[S-F10] who is 18 tomorrow is too young today'
);
SELECT lives_ok(
    $$ UPDATE saltbitter.profiles SET birth_date = (now() AT TIME ZONE 'UTC')::date - interval '18 years' $$,
    '[S-F10] and old enough tomorrow'
);
SELECT throws_matching(
    format('UPDATE saltbitter.profiles SET photos = %L', wrong.photos), 'profiles_photos_check',
    '[S-11.6] [S-F26] photos are not ' || left(wrong.photos, 40)
)
FROM (
    VALUES
        ('{}'), ('"https://x.org/1.jpg"'), ('["https://x.org/1.jpg"]'), ('[{"url": "http://x.org/1.jpg"}]'),
        ('[{"url": "https://x.org/1.jpg", "more": 1}]'), ('[{"url": 7}]'), ('[{}]'), ('[null]'),
        (format('[{"url": "https://%s"}]', repeat('x', 493))),
        ((SELECT jsonb_agg('{"url": "https://x.org/1.jpg"}'::jsonb)::text FROM generate_series(1, 10)))
) AS wrong (photos);
SELECT is(
    (SELECT completeness_score FROM saltbitter.profiles), 40.00, '[S-11.8] a bare profile is filled in by 40 percent'
);
SELECT lives_ok(
    $$
    UPDATE saltbitter.profiles
    SET bio = 'Hello.', photos = (
        SELECT jsonb_agg('{"url": "https://x.org/1.jpg"}'::jsonb) FROM generate_series(1, 9)
    )
    $$,
    '[S-F26] nine photos fit'
);
SELECT is((SELECT completeness_score FROM saltbitter.profiles), 80.00, '[S-11.8] and the score follows');
SELECT throws_ok(
    'UPDATE saltbitter.profiles SET completeness_score = 100', '428C9', NULL, '[S-11.8] nobody sets their own score'
);
SELECT throws_ok(
    $$ UPDATE saltbitter.profiles SET location = NULL $$, '42501', NULL, '[S-F16] nor a place by hand'
);

-- Whom one looks for is kept by consent.
SELECT throws_ok(
    $$ UPDATE saltbitter.profiles SET looking_for_gender = 'man' $$, 'KR130', NULL,
    '[S-34] [S-11.9] whom somebody looks for is not kept without consent'
);
RESET ROLE;
SELECT throws_ok(
    $$ UPDATE saltbitter.profiles SET looking_for_gender = 'man' $$, 'KR130', NULL, '[S-34] nor by an administrator'
);
SELECT pg_temp.consent(1, 'orientation');
SET LOCAL ROLE saltbitter_app;
SELECT lives_ok($$ UPDATE saltbitter.profiles SET looking_for_gender = 'man' $$, '[S-34] but with it');

-- Places.
SELECT is(saltbitter.set_location(48.20849, 16.37208), true, '[S-23] a place is noted');
SELECT is(
    extensions.st_astext(location), 'POINT(16.38682784493539 48.21)', '[S-23] [S-F16] as the middle of its cell'
)
FROM saltbitter.profiles;
SELECT is(saltbitter.set_location(48.2093, 16.37511), true, '[S-F16] a step within the cell is no move');
SELECT is(saltbitter.set_location(48.3, 16.37208), false, '[S-F16] another cell has to wait');
SELECT saltbitter.clear_location();
SELECT is(saltbitter.set_location(48.3, 16.37208), false, '[S-F16] also after the place was forgotten');
SELECT throws_ok(
    format('SELECT saltbitter.set_location(%s)', wrong.place), 'SB002', NULL, '[S-23] no place on earth: ' || wrong.place
)
FROM (
    VALUES ('90.1, 0'), ('-90.1, 0'), ('0, 180.1'), ('0, -180.1'), ('''NaN'', 0'), ('0, ''NaN'''), ('NULL, 0'),
        ('0, NULL'), ('''Infinity'', 0')
) AS wrong (place);

RESET ROLE;
UPDATE saltbitter.profiles
SET location = extensions.st_setsrid(extensions.st_makepoint(16.37208, 48.20849), 4326)::extensions.geography;
SELECT is(
    extensions.st_astext(location), 'POINT(16.38682784493539 48.21)',
    '[S-F16] whoever writes a place, an administrator too, writes the middle of its cell'
)
FROM saltbitter.profiles
WHERE user_id = pg_temp.id(1);
-- The whole earth: middles are their own middles, and no place is far from its own.
SELECT is_empty(
    $$
    SELECT place.latitude, place.longitude
    FROM (
        SELECT least(-90 + 0.73 * y, 90) AS latitude, least(-180 + 3.17 * x, 180) AS longitude
        FROM generate_series(0, 247) AS y
        CROSS JOIN generate_series(0, 114) AS x
    ) AS place
    CROSS JOIN LATERAL (
        SELECT saltbitter.cell_centre(place.latitude, place.longitude)::extensions.geometry
    ) AS cell (middle)
    WHERE NOT extensions.st_equals(
              saltbitter.cell_centre(extensions.st_y(cell.middle), extensions.st_x(cell.middle))
                  ::extensions.geometry,
              cell.middle
          )
       OR abs(extensions.st_y(cell.middle) - place.latitude) > 0.0100001
       OR extensions.st_distance(
              cell.middle::extensions.geography,
              extensions.st_setsrid(extensions.st_makepoint(place.longitude, place.latitude), 4326)
                  ::extensions.geography,
              false
          ) > 4000
    $$,
    '[S-F16] [S-23] cells cover the earth, the poles and the date line too, and their middles stay where they are'
);
SELECT is(saltbitter.age_on('2008-02-29', '2026-02-28'), 17, '[S-11.3] an age is in whole years');
SELECT is(saltbitter.age_on('2008-02-29', '2026-03-01'), 18, '[S-11.3] also of who was born on a leap day');
SELECT throws_ok(
    $$ DELETE FROM saltbitter.users WHERE id = pg_temp.id(1); SELECT 1 / count(*) FROM saltbitter.profiles $$, '22012',
    NULL, '[S-04] [S-36] a profile goes with its account'
);

SELECT * FROM finish();
ROLLBACK;
