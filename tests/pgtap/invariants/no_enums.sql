BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    t.oid::regtype::text,
    'is an enum: loses its index under row level security, and no value can go'
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND t.typtype = 'e';

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'lists of values are text with a CHECK, never enums'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TYPE probe.mood AS ENUM ('sad');
CREATE DOMAIN probe.feeling AS text CONSTRAINT feeling_known_check CHECK (VALUE IN ('sad'));

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.mood: is an enum: loses its index under row level security, and no value can go'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
