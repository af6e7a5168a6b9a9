BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT m.identity, format('%s without a comment', m.kind)
FROM kernel.catalog_members(ARRAY(SELECT kernel.guarded_schemas())) AS m
LEFT JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
WHERE obj_description(m.objid, m.classid::regclass::name) IS NULL
  AND NOT coalesce(c.relispartition, false)
  AND (
      m.classid IN ('pg_namespace'::regclass, 'pg_proc'::regclass)
      OR m.classid = 'pg_type'::regclass
      OR c.relkind IN ('r', 'p', 'v', 'm', 'f')
  )
UNION ALL
SELECT format('%s.%I', m.identity, a.attname), format('column of a %s without a comment', m.kind)
FROM kernel.catalog_members(ARRAY(SELECT kernel.guarded_schemas())) AS m
JOIN pg_class AS c
    ON c.oid = m.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE m.classid = 'pg_class'::regclass
  AND col_description(c.oid, a.attnum) IS NULL
  -- The columns of checks are those of kernel.finding, where they are explained once.
  AND NOT (
      c.relkind = 'v'
      AND c.relname LIKE 'check\__%'
      AND EXISTS (
          SELECT
          FROM pg_attribute AS f
          WHERE f.attrelid = 'kernel.finding'::regclass
            AND f.attname = a.attname
            AND col_description(f.attrelid, f.attnum) IS NOT NULL
      )
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'everything says in its comment what it is'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.told (a integer);
COMMENT ON TABLE probe.told IS 'Told.';
COMMENT ON COLUMN probe.told.a IS 'Told.';
CREATE TABLE probe.untold (a integer);
CREATE VIEW probe.seen AS SELECT 1 AS b;
COMMENT ON VIEW probe.seen IS 'Told.';
CREATE VIEW probe.check_b AS SELECT 'b'::text AS cache_key, 1 AS b;
COMMENT ON VIEW probe.check_b IS 'Told.';
CREATE FUNCTION probe.run() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN probe.short AS text;
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
COMMENT ON TABLE probe.root IS 'Told.';
COMMENT ON COLUMN probe.root.a IS 'Told.';
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.untold: table without a comment',
        'probe.untold.a: column of a table without a comment',
        'probe.seen.b: column of a view without a comment',
        'probe.check_b.b: column of a view without a comment',
        'probe.run(): function without a comment',
        'probe.short: type without a comment'
    ],
    'the rule finds those who break it, and nobody else'
);

-- A tag is one line, at the end: one that goes on is prose, and its error has no class.
CREATE TEMPORARY VIEW unread (object, comment) AS
SELECT pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description AS d
WHERE d.description ~ '(^|\n)\s*@error\M'
  AND NOT EXISTS (SELECT FROM kernel.comment_tags(d.description) AS t WHERE t.tag = 'error');
SELECT is_empty('SELECT object FROM pg_temp.unread', 'every @error is read as one');
ALTER TABLE probe.told ADD CONSTRAINT a_check CHECK (a > 0), ADD CONSTRAINT b_check CHECK (a < 9);
COMMENT ON CONSTRAINT a_check ON probe.told IS E'Why.\n@error Small It is small.';
COMMENT ON CONSTRAINT b_check ON probe.told IS E'@error Large It is\nlarge.';
SELECT set_eq(
    'SELECT object FROM pg_temp.unread', ARRAY['constraint b_check on table probe.told'], 'and one that is not is found'
);

SELECT * FROM finish();
ROLLBACK;
