-- What unites the checks: those that are there, those that fail, those that somebody accepted.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(22);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION pg_temp.finding(p_level text, p_key text) RETURNS kernel.finding
LANGUAGE sql
RETURN ROW(
    'probe.late', 'Late', p_level, 'INTERNAL', ARRAY['SERVER'], 'It is late.', 'It is past midnight.',
    'Go to bed.', '{"hour": 1}', p_key
)::kernel.finding;
CREATE VIEW probe.check_late AS SELECT f.* FROM pg_temp.finding('WARN', 'late:1') AS f;
CREATE VIEW probe.check_early AS SELECT f.* FROM pg_temp.finding('ERROR', 'early:1') AS f;
CREATE VIEW probe.check_quiet AS SELECT f.* FROM pg_temp.finding('INFO', 'none') AS f WHERE false;

-- Names.
SELECT set_eq(
    $$ SELECT c.name, c.problem FROM kernel.checks() AS c WHERE c.schema_name = 'probe' $$,
    $$ VALUES ('probe.late', NULL::text), ('probe.early', NULL), ('probe.quiet', NULL) $$,
    'a view named check_ in an app is a check of that app'
);
CREATE TABLE probe.check_ins (a integer);
CREATE VIEW probe.check_ AS SELECT 1 AS a;
CREATE SCHEMA elsewhere;
CREATE VIEW elsewhere.check_late AS SELECT f.* FROM pg_temp.finding('ERROR', 'else') AS f;
SELECT is(
    (SELECT count(*) FROM kernel.checks() AS c WHERE c.schema_name IN ('probe', 'elsewhere')),
    3::bigint, 'a table, a view without a name after check_, and a schema that is no app are none'
);
SELECT is_empty(
    $$ SELECT c.name, c.problem FROM kernel.checks() AS c
       WHERE c.schema_name <> 'probe' AND (c.problem IS NOT NULL OR c.about IS NULL) $$,
    'every check of ours has the shape and says what it looks for'
);

-- Findings.
CREATE FUNCTION pg_temp.found(p_only text[], p_with_accepted boolean DEFAULT false) RETURNS text[]
LANGUAGE sql
RETURN ARRAY(
    SELECT concat_ws('|', f.level, f.name, f.cache_key, f.metadata ->> 'check')
    FROM kernel.findings(p_only, p_with_accepted) AS f
);
SELECT is(
    pg_temp.found(ARRAY['probe.late', 'probe.early', 'probe.quiet']),
    ARRAY['ERROR|probe.late|early:1|probe.early', 'WARN|probe.late|late:1|probe.late'],
    '[X-8] checks are united, the gravest first, and each finding says which check found it'
);
SELECT is(pg_temp.found(ARRAY['probe.quiet']), '{}', 'a check that finds nothing gives nothing');
SELECT is(pg_temp.found('{}'), '{}', 'no check is asked for');
SELECT ok(
    (SELECT count(*) FROM kernel.findings() AS f WHERE f.name = 'probe.late') = 2,
    'all checks are asked when none is named'
);
SELECT is(
    (SELECT f.metadata FROM kernel.findings(ARRAY['probe.late']) AS f),
    '{"hour": 1, "check": "probe.late"}', 'what the check says for programs is kept'
);
SELECT throws_ok(
    $$ SELECT * FROM kernel.findings(ARRAY['probe.late', 'probe.never']) $$, 'KR070', NULL,
    'a check that there is not is refused'
);
SELECT throws_like(
    $$ SELECT * FROM kernel.findings(ARRAY['a"b;--']) $$, '%no such check%', 'whatever its name'
);

-- Acceptances.
INSERT INTO kernel.accepted_finding (cache_key, reason, expires_at)
VALUES ('late:1', 'We work at night this week.', CURRENT_TIMESTAMP + interval '1 day');
SELECT is(
    pg_temp.found(ARRAY['probe.late', 'probe.early']), ARRAY['ERROR|probe.late|early:1|probe.early'],
    'a finding that was accepted is not shown, and others are'
);
SELECT is(
    (
        SELECT f.metadata -> 'accepted' ->> 'reason'
        FROM kernel.findings(ARRAY['probe.late'], true) AS f
    ),
    'We work at night this week.', 'it is shown on demand, with the reason'
);
UPDATE kernel.accepted_finding
SET accepted_at = CURRENT_TIMESTAMP - interval '2 days', expires_at = CURRENT_TIMESTAMP;
SELECT is(
    pg_temp.found(ARRAY['probe.late']), ARRAY['WARN|probe.late|late:1|probe.late'],
    'and shown again when its time is over'
);
SELECT throws_ok(
    $$ INSERT INTO kernel.accepted_finding (cache_key, reason, expires_at)
       VALUES ('x', 'For ever and a day.', 'infinity') $$,
    '23514', NULL, 'nothing is accepted for ever'
);
SELECT throws_ok(
    $$ INSERT INTO kernel.accepted_finding (cache_key, reason, expires_at)
       VALUES ('x', 'So.', CURRENT_TIMESTAMP + interval '1 day') $$,
    '23514', NULL, 'nor without a reason'
);

-- What fails.
CREATE VIEW probe.check_broken AS
SELECT f.* FROM pg_temp.finding('WARN', 'x') AS f WHERE 1 / (SELECT count(*) FROM probe.check_ins) > 0;
CREATE VIEW probe.check_shape AS SELECT 'x'::text AS name, 'y'::text AS detail;
CREATE VIEW probe.check_level AS SELECT f.* FROM pg_temp.finding('bad', 'x') AS f;
CREATE VIEW probe.check_nameless AS SELECT f.* FROM pg_temp.finding('WARN', NULL) AS f;
CREATE VIEW probe.check_list AS
SELECT f.name, f.title, f.level, f.facing, f.categories, f.description, f.detail, f.remediation, '[1]'::jsonb AS metadata, f.cache_key
FROM pg_temp.finding('WARN', 'x') AS f;
CREATE VIEW probe."check_a""b;--é" AS SELECT f.* FROM pg_temp.finding('INFO', 'odd') AS f;
SELECT is(
    pg_temp.found(ARRAY['probe.broken', 'probe.late']),
    ARRAY[
        'WARN|failed_check|failed_check:probe.broken|probe.broken',
        'WARN|probe.late|late:1|probe.late'
    ],
    'a check that fails is a finding, and the others are asked all the same'
);
SELECT alike(
    (SELECT f.detail FROM kernel.findings(ARRAY['probe.broken']) AS f),
    '%probe.broken%it raised an error (22012).', 'it says which and why, and quotes no value'
);
SELECT alike(
    (SELECT f.detail FROM kernel.findings(ARRAY['probe.shape']) AS f),
    '%columns are not those of kernel.finding: name text, detail text%',
    'so is a view of another shape'
);
SELECT is(
    pg_temp.found(ARRAY['probe.level', 'probe.list', 'probe.nameless']),
    ARRAY[
        'WARN|failed_check|failed_check:probe.level|probe.level',
        'WARN|failed_check|failed_check:probe.list|probe.list',
        'WARN|failed_check|failed_check:probe.nameless|probe.nameless'
    ],
    'and one that gives an unknown level, metadata that is no object, or no key'
);
SELECT is(
    pg_temp.found(ARRAY['probe.a"b;--é']), ARRAY['INFO|probe.late|odd|probe.a"b;--é'],
    'the name of a view may be any'
);

-- Who may.
GRANT USAGE ON SCHEMA probe TO strongroom_runner;
SET LOCAL ROLE strongroom_runner;
SELECT is(
    ARRAY(SELECT f.level || '|' || f.detail FROM kernel.findings(ARRAY['probe.late']) AS f),
    ARRAY[
        'INFO|Check probe.late could not be run: strongroom_runner may not read it (42501).'
    ],
    'a view that the role may not read is an INFO that says so'
);
SET LOCAL ROLE tarot_app;
SELECT throws_ok('SELECT * FROM kernel.findings()', '42501', NULL, 'an app asks no checks');

SELECT * FROM finish();
ROLLBACK;
