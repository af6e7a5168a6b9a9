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
