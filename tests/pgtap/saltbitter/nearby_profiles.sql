-- Who is found near whom: wishes hold in both directions, and of the distance a band is told.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

\ir _people.sql
-- 1 searches in Vienna. Nearby: 2 and 3 fit; the others each fail in one thing.
SELECT pg_temp.profile(1, 'woman', 'man', 48.21, 16.37);
SELECT pg_temp.profile(2, 'man', 'woman', 48.21, 16.37);
SELECT pg_temp.profile(3, 'man', 'everyone', 48.15, 17.11);
SELECT pg_temp.profile(4, 'woman', 'woman', 48.21, 16.37);
SELECT pg_temp.profile(5, 'man', 'man', 48.21, 16.37);
SELECT pg_temp.profile(6, 'man', 'woman', 47.07, 15.44);
SELECT pg_temp.profile(7, 'man', 'woman', 48.21, 16.37);
SELECT pg_temp.profile(8, 'man', 'woman', 48.21, 16.37);
SELECT pg_temp.profile(9, 'man', 'woman', 48.21, 16.37);
SELECT pg_temp.profile(10, 'man', 'woman', 48.15, 17.11);
SELECT pg_temp.profile(11, 'man', NULL, 48.21, 16.37);
SELECT pg_temp.profile(12, 'man', 'woman', NULL, NULL);
UPDATE saltbitter.profiles SET max_distance_km = 60 WHERE user_id IN (pg_temp.id(1), pg_temp.id(3));
UPDATE saltbitter.profiles SET birth_date = '1950-01-01' WHERE user_id = pg_temp.id(7);
UPDATE saltbitter.profiles SET max_age = 30 WHERE user_id = pg_temp.id(8);
UPDATE saltbitter.profiles SET is_visible = false WHERE user_id = pg_temp.id(9);
UPDATE saltbitter.profiles SET max_age = 45 WHERE user_id = pg_temp.id(1);

SELECT set_config('kernel.app', 'saltbitter', true), set_config('kernel.user_id', pg_temp.id(1)::text, true);
SET LOCAL ROLE saltbitter_app;
SELECT results_eq(
    'SELECT n.name, n.age, n.within_km FROM saltbitter.nearby_profiles() AS n',
    format(
        $$ VALUES ('Person 2', %1$s, 5), ('Person 3', %1$s, 100) $$,
        saltbitter.age_on('1990-05-17', (now() AT TIME ZONE 'UTC')::date)
    ),
    '[S-24] [S-25] found are those who fit on both sides, the nearest first, with a band in the place of a distance'
);
SELECT results_eq(
    'SELECT n.name FROM saltbitter.nearby_profiles(p_within_km => 10) AS n', $$ VALUES ('Person 2') $$,
    '[S-25] a search may be narrower than the wish'
);
SELECT results_eq(
    'SELECT n.name FROM saltbitter.nearby_profiles(1) AS n', $$ VALUES ('Person 2') $$, 'a page has a size'
);
SELECT results_eq(
    $$ SELECT n.name FROM saltbitter.nearby_profiles(p_skip => ARRAY[pg_temp.id(2), NULL]) AS n $$,
    $$ VALUES ('Person 3') $$, 'who is shown already can be left out'
);
SELECT throws_ok(
    format('SELECT * FROM saltbitter.nearby_profiles(%s)', wrong.arguments), 'SB004', NULL,
    'a search is not made with ' || wrong.arguments
)
FROM (
    VALUES ('0'), ('101'), ('NULL'), ('1, 0'), ('1, 501'), ('1, 1, NULL'),
        ('1, 1, array_fill(gen_random_uuid(), ARRAY[501])')
) AS wrong (arguments);
SELECT is_empty(
    $$ SELECT FROM saltbitter.profiles WHERE user_id <> pg_temp.id(1) $$,
    '[S-F29] [S-41] no profile of another is read but by the search'
);

-- What is decided on comes no more.
SELECT saltbitter.decide(pg_temp.id(2), 'passed');
SELECT results_eq(
    'SELECT n.name FROM saltbitter.nearby_profiles() AS n', $$ VALUES ('Person 3') $$,
    '[S-25] who was passed is not found again'
);
SELECT saltbitter.decide(pg_temp.id(3), 'liked');
SELECT is_empty('SELECT * FROM saltbitter.nearby_profiles()', '[S-25] nor is who was liked');

SELECT set_config('kernel.user_id', pg_temp.id(n)::text, true) FROM (VALUES (11)) AS person (n);
SELECT throws_ok(
    'SELECT * FROM saltbitter.nearby_profiles()', 'SB003', NULL, '[S-34] who says no wish does not search'
);
SELECT set_config('kernel.user_id', pg_temp.id(12)::text, true);
SELECT throws_ok('SELECT * FROM saltbitter.nearby_profiles()', 'SB003', NULL, 'nor who is nowhere');
SELECT set_config('kernel.user_id', '', true);
SELECT throws_ok('SELECT * FROM saltbitter.nearby_profiles()', 'KR001', NULL, 'nor nobody');
SELECT set_config('kernel.user_id', pg_temp.id(99)::text, true);
SELECT throws_ok('SELECT * FROM saltbitter.nearby_profiles()', 'SB001', NULL, 'nor somebody without a profile');
SET LOCAL ROLE saltbitter_worker;
SELECT throws_ok('SELECT * FROM saltbitter.nearby_profiles()', '42501', NULL, 'a job does not search');
RESET ROLE;

-- To the day, to the metre, and one's own self.
DELETE FROM saltbitter.decisions;
DELETE FROM saltbitter.profiles WHERE user_id NOT IN (pg_temp.id(1), pg_temp.id(2), pg_temp.id(3));
UPDATE saltbitter.profiles SET looking_for_gender = 'everyone', min_age = 30, max_age = 39, max_distance_km = 60;
UPDATE saltbitter.profiles SET location = (SELECT location FROM saltbitter.profiles WHERE user_id = pg_temp.id(1));
CREATE FUNCTION pg_temp.found(p_n integer) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    v_found text[];
BEGIN
    PERFORM set_config('kernel.user_id', pg_temp.id(p_n)::text, true), set_config('role', 'saltbitter_app', true);
    v_found := ARRAY(SELECT n.name FROM saltbitter.nearby_profiles() AS n ORDER BY n.name);
    PERFORM set_config('role', 'none', true);
    RETURN v_found;
END;
$$;
CREATE FUNCTION pg_temp.born(p_years integer, p_days integer) RETURNS void LANGUAGE sql AS $$
UPDATE saltbitter.profiles
SET birth_date = (now() AT TIME ZONE 'UTC')::date - make_interval(years => p_years) + make_interval(days => p_days)
WHERE user_id = pg_temp.id(2)
$$;
SELECT is(pg_temp.found(1), '{Person 2,Person 3}', '[S-25] nobody finds themselves');
SELECT is(
    (SELECT array_agg(concat_ws(' ', years, days, found) ORDER BY years, days) FROM (
        SELECT b.years, b.days, 'Person 2' = ANY (pg_temp.found(1)) AS found
        FROM (VALUES (30, 0), (30, 1), (40, 0), (40, 1)) AS b (years, days)
        CROSS JOIN LATERAL (SELECT pg_temp.born(b.years, b.days) OFFSET 0) AS made
    ) AS tried),
    '{30 0 t,30 1 f,40 0 f,40 1 t}', '[S-25] wishes of an age hold to the day'
);
SELECT pg_temp.born(35, 0);
SET LOCAL ROLE saltbitter_app;
SELECT set_config('kernel.user_id', pg_temp.id(2)::text, true);
SELECT saltbitter.decide(pg_temp.id(3), 'passed');
RESET ROLE;
SELECT is(pg_temp.found(1), '{Person 2,Person 3}', '[S-25] what others decided on is found all the same');
UPDATE saltbitter.profiles SET max_distance_km = 1 WHERE user_id <> pg_temp.id(1);
SELECT is(pg_temp.found(1), '{Person 2,Person 3}', '[S-25] who is as near as can be is near enough for every wish');
SELECT kernel.publish_consent_text('saltbitter', 'orientation', 'en', 'We show it to our partners, too.');
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
SELECT 'saltbitter', pg_temp.id(n)::text, 'orientation', 2, 'en', true, 'person', 'checkbox' FROM unnest('{1,3}'::integer[]) AS n;
SELECT is(pg_temp.found(1), '{Person 3}', '[S-34] who did not agree to the newer wording is not found');
SELECT throws_ok('SELECT pg_temp.found(2)', 'KR130', NULL, '[S-34] and does not search');
SELECT is(
    array_agg(saltbitter.distance_band(m + step) ORDER BY m, step), '{5,10,10,25,25,50,50,100,100,250,250,500}',
    '[S-F16] a band ends with its last metre'
)
FROM unnest('{5000,10000,25000,50000,100000,250000}'::integer[]) AS m, unnest('{0,0.5}'::double precision[]) AS step;

-- Somebody anywhere in the cell of 2 is told the same of everybody, and everybody the same of them.
SELECT is(
    count(DISTINCT saltbitter.cell_centre(48.2005 + 0.001 * y, 16.3725 + 0.001 * x)::text), 1::bigint,
    '[S-F16] every place in a cell is one place to a search'
)
FROM generate_series(0, 19) AS y, generate_series(0, 28) AS x;
SELECT is(
    array_agg(DISTINCT saltbitter.distance_band(m * 100.0) ORDER BY saltbitter.distance_band(m * 100.0)),
    '{5,10,25,50,100,250,500}', '[S-F16] a distance is one of seven bands'
)
FROM generate_series(0, 6000) AS m;

SELECT * FROM finish();
ROLLBACK;
