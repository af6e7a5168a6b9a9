BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(41);

-- What the sessions of DBAs say must not matter.
SET LOCAL timezone = 'America/St_Johns';
SET LOCAL datestyle = 'SQL, DMY';

CREATE FUNCTION pg_temp.step(p_every interval, p_now timestamptz, p_number integer DEFAULT 0)
RETURNS text
LANGUAGE sql
RETURN (
    SELECT concat_ws(
        ' ', s.suffix,
        kernel.partition_bound('timestamptz'::regtype, lower(s.span)),
        kernel.partition_bound('timestamptz'::regtype, upper(s.span))
    )
    FROM kernel.partition_steps(p_every, NULL, p_now, NULL, 13) AS s
    WHERE s.number = p_number
);

CREATE TEMPORARY TABLE cases (what text, every interval, at timestamptz, number integer, step text);
INSERT INTO cases VALUES
('[C-25] a month begins at midnight in UTC', '1 month', '2024-02-29 23:59:59.999999+00', 0,
    '_p2024_02 2024-02-01 00:00:00.000000+00 2024-03-01 00:00:00.000000+00'),
('the next begins in the next microsecond', '1 month', '2024-03-01 00:00:00+00', 0,
    '_p2024_03 2024-03-01 00:00:00.000000+00 2024-04-01 00:00:00.000000+00'),
('[C-F7] whatever the clock in Newfoundland says', '1 month', '2024-02-29 23:59:59-03:30', 0,
    '_p2024_03 2024-03-01 00:00:00.000000+00 2024-04-01 00:00:00.000000+00'),
('a month across the change of the clocks', '1 month', '2026-03-29 01:30:00+00', 0,
    '_p2026_03 2026-03-01 00:00:00.000000+00 2026-04-01 00:00:00.000000+00'),
('a month ahead of the 31st', '1 month', '2025-01-31 12:00:00+00', 1,
    '_p2025_02 2025-02-01 00:00:00.000000+00 2025-03-01 00:00:00.000000+00'),
('a month behind in January', '1 month', '2025-01-31 12:00:00+00', -1,
    '_p2024_12 2024-12-01 00:00:00.000000+00 2025-01-01 00:00:00.000000+00'),
('a year ahead', '1 month', '2025-01-31 12:00:00+00', 13,
    '_p2026_02 2026-02-01 00:00:00.000000+00 2026-03-01 00:00:00.000000+00'),
('quarters', '3 months', '2026-11-21 10:00:00+00', 0,
    '_p2026_10 2026-10-01 00:00:00.000000+00 2027-01-01 00:00:00.000000+00'),
('years', '1 year', '2026-11-21 10:00:00+00', 0,
    '_p2026 2026-01-01 00:00:00.000000+00 2027-01-01 00:00:00.000000+00'),
('years written as months', '12 months', '1999-12-31 23:00:00+00', 0,
    '_p1999 1999-01-01 00:00:00.000000+00 2000-01-01 00:00:00.000000+00'),
('seven months, counted from 2000', '7 months', '2000-08-01 00:00:00+00', 0,
    '_p2000_08 2000-08-01 00:00:00.000000+00 2001-03-01 00:00:00.000000+00'),
('before 2000 too', '7 months', '1999-12-31 00:00:00+00', 0,
    '_p1999_06 1999-06-01 00:00:00.000000+00 2000-01-01 00:00:00.000000+00'),
('a leap day', '1 day', '2024-02-29 12:00:00+00', 0,
    '_p2024_02_29 2024-02-29 00:00:00.000000+00 2024-03-01 00:00:00.000000+00'),
('the first of a month in days', '1 day', '2024-02-29 12:00:00+00', 1,
    '_p2024_03_01 2024-03-01 00:00:00.000000+00 2024-03-02 00:00:00.000000+00'),
('a day of 23 hours elsewhere has 24', '1 day', '2026-03-08 12:00:00+00', 0,
    '_p2026_03_08 2026-03-08 00:00:00.000000+00 2026-03-09 00:00:00.000000+00'),
('weeks begin on Mondays', '7 days', '2026-11-22 23:59:59+00', 0,
    '_p2026_11_16 2026-11-16 00:00:00.000000+00 2026-11-23 00:00:00.000000+00'),
('thirty days are no month', '30 days', '2001-01-31 00:00:00+00', 0,
    '_p2001_01_31 2001-01-31 00:00:00.000000+00 2001-03-02 00:00:00.000000+00'),
('hours', '1 hour', '2026-03-29 01:30:00+00', 0,
    '_p2026_03_29_01 2026-03-29 01:00:00.000000+00 2026-03-29 02:00:00.000000+00'),
('six hours', '6 hours', '2026-03-29 01:30:00+00', -1,
    '_p2026_03_28_18 2026-03-28 18:00:00.000000+00 2026-03-29 00:00:00.000000+00');
SELECT is(pg_temp.step(c.every, c.at, c.number), c.step, c.what) FROM cases AS c;

SELECT results_eq(
    'SELECT s.number, s.suffix, s.span FROM kernel.partition_steps(NULL, 1000, now(), 2500, 1) AS s',
    $$VALUES (-1, '_p1000', numrange(1000, 2000)), (0, '_p2000', numrange(2000, 3000)),
        (1, '_p3000', numrange(3000, 4000))$$,
    'numbers'
);
SELECT is(
    (SELECT min(s.number) FROM kernel.partition_steps(NULL, 1000, now(), 0, 3) AS s), 0,
    'nothing lies before the first number'
);
SELECT is_empty(
    $$SELECT s FROM generate_series(0, 20000) AS h (hours)
    CROSS JOIN kernel.partition_steps(
        '1 month', NULL, timestamptz '2019-12-01 00:00+00' + h.hours * interval '61 minutes',
        NULL, 1
    ) AS s
    WHERE s.number = 0
      AND NOT s.span @> EXTRACT(
          epoch FROM timestamptz '2019-12-01 00:00+00' + h.hours * interval '61 minutes'
      )$$,
    'at any moment the current step holds it'
);

SELECT is(kernel.partition_name('visits', '_p2026_11')::text, 'visits_p2026_11', '[C-25] a name');
SELECT is(
    kernel.partition_name(repeat('a', 54), '_p2026_11')::text, repeat('a', 54) || '_p2026_11',
    'a name of 63 bytes is whole'
);
SELECT is(
    octet_length(kernel.partition_name(repeat('a', 55), '_p2026_11')::text), 63,
    'a longer one is cut'
);
SELECT isnt(
    kernel.partition_name(repeat('a', 62), '_p2026_11')::text,
    kernel.partition_name(repeat('a', 61), '_p2026_11')::text, 'names that begin alike differ'
);
SELECT ok(
    octet_length(kernel.partition_name(repeat('é', 31), '_p2026_11')::text) BETWEEN 62 AND 63
    AND kernel.partition_name(repeat('é', 31), '_p2026_11') ~ '^é+_[0-9a-f]{6}_p2026_11$',
    'no character is cut in two'
);
SELECT is(kernel.cut_name('日本', 5), '日', 'a cut leaves whole characters');
SELECT is(kernel.cut_name('日本', 2), '', 'or nothing');

CREATE FUNCTION pg_temp.there_and_back(p_type regtype, p_bound text) RETURNS text
LANGUAGE sql
RETURN kernel.partition_bound(p_type, kernel.partition_position(p_type, p_bound));
SELECT is(
    pg_temp.there_and_back('timestamptz'::regtype, '2026-03-29 03:00:00.000001+02'),
    '2026-03-29 01:00:00.000001+00', 'a bound in any zone is written in UTC'
);
SELECT is(pg_temp.there_and_back('date'::regtype, '2024-02-29'), '2024-02-29', 'a date');
SELECT is(pg_temp.there_and_back('date'::regtype, '0044-03-15 BC'), '0044-03-15 BC', 'one before the year 1');
SELECT is(
    pg_temp.there_and_back('timestamptz'::regtype, '0044-03-15 12:00+00 BC'),
    '0044-03-15 12:00:00.000000+00 BC', 'and a moment'
);
SELECT is(pg_temp.there_and_back('date'::regtype, '12026-01-01'), '12026-01-01', 'one of five figures');
SELECT is(pg_temp.there_and_back('bigint'::regtype, '-9223372036854775808'),
    '-9223372036854775808', 'a number');
SELECT is(
    pg_temp.there_and_back('uuid'::regtype, '0191e5a0-1c00-7fff-bfff-123456789abc'),
    '0191e5a0-1c00-0000-0000-000000000000', 'a uuid, of which its time counts'
);
SELECT is(
    kernel.partition_position('uuid'::regtype, kernel.uuid_v7_at('2026-11-01 00:00+00')::text),
    EXTRACT(epoch FROM timestamptz '2026-11-01 00:00+00'), 'a version 7 uuid lies at its time'
);
SELECT ok(
    kernel.partition_bound(
        'uuid'::regtype, EXTRACT(epoch FROM timestamptz '2026-11-01 00:00+00')
    )::uuid
    < kernel.uuid_v7_at('2026-11-01 00:00+00'), 'and above the bound of that moment'
);
SELECT is(kernel.partition_position('date'::regtype, 'MINVALUE'), '-Infinity', 'no lower bound');
SELECT is(kernel.partition_bound('uuid'::regtype, 'Infinity'), 'MAXVALUE', 'no upper bound');
SELECT is(kernel.quote_bound('MAXVALUE') || kernel.quote_bound('1'), $$MAXVALUE'1'$$,
    'key words stand bare');

SELECT * FROM finish();
ROLLBACK;
