BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    format('%s.%I', c.oid::regclass, a.attname),
    CASE
        WHEN b.typname IN ('timestamp', 'timetz')
            THEN 'is ' || format_type(b.oid, NULL) || ', not timestamptz'
        WHEN b.typname IN ('float4', 'float8')
            THEN 'counts money in ' || format_type(b.oid, NULL)
        WHEN b.typname IN ('varchar', 'bpchar')
            THEN 'is ' || format_type(b.oid, NULL) || ', not text with a CHECK'
        WHEN b.typname = 'money' THEN 'is money, which depends on the locale'
        WHEN b.typname = 'json' THEN 'is json, not jsonb'
    END
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_type AS b ON b.oid = coalesce(nullif(t.typbasetype, 0), e.oid, t.oid)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'm', 'f', 'c')
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND (
      b.typname IN ('timestamp', 'timetz', 'varchar', 'bpchar', 'money', 'json')
      -- Scores and coordinates may be floats.
      OR b.typname IN ('float4', 'float8')
      AND a.attname ~ '(amount|price|cost|balance|credit|fee|paid|payment|refund|total|salary)'
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'no column has a type that loses time zones, money or room [T-01]'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE DOMAIN probe.instant AS timestamp;
CREATE TABLE probe.things (
    a timestamptz, b timestamp, c probe.instant, d timestamp[], price double precision,
    score double precision, fee numeric(10, 2), e varchar(5), f text, g money
);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.things.b: is timestamp without time zone, not timestamptz',
        'probe.things.c: is timestamp without time zone, not timestamptz',
        'probe.things.d: is timestamp without time zone, not timestamptz',
        'probe.things.price: counts money in double precision',
        'probe.things.e: is character varying, not text with a CHECK',
        'probe.things.g: is money, which depends on the locale'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
