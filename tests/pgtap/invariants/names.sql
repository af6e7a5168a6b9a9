BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    format('%I on %s', k.conname, c.oid::regclass),
    format('is not named %s_..._%s', c.relname, kind.suffix)
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid AND NOT c.relispartition
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN (
    VALUES ('p', 'pkey'), ('u', 'key'), ('f', 'fkey'), ('x', 'excl'), ('c', 'check')
) AS kind (contype, suffix) ON kind.contype::"char" = k.contype
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT starts_with(k.conname, c.relname || '_')
   OR n.nspname IN (SELECT kernel.guarded_schemas())
  AND right(k.conname, length(kind.suffix) + 1) <> '_' || kind.suffix
UNION ALL
SELECT
    format('%I on %s', x.relname, c.oid::regclass),
    format('is not named %s_..._idx (or _key, where unique)', c.relname)
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_class AS c ON c.oid = i.indrelid AND NOT c.relispartition
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'm')
  AND NOT EXISTS (
      SELECT FROM pg_constraint AS k WHERE k.conindid = x.oid AND k.contype IN ('p', 'u', 'x')
  )
  AND NOT (
      starts_with(x.relname, c.relname || '_')
      AND (right(x.relname, 4) = '_idx' OR i.indisunique AND right(x.relname, 4) = '_key')
  )
UNION ALL
SELECT
    format('%I on %s', t.tgname, c.oid::regclass),
    'is not named tNN_...: the number is the order of firing'
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT t.tgisinternal
  AND t.tgname !~ '^t[0-9]{2}_'
UNION ALL
SELECT format('%I on %s', p.polname, c.oid::regclass), 'does not begin with its command'
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT starts_with(
      p.polname,
      CASE p.polcmd
          WHEN 'r' THEN 'select_'
          WHEN 'a' THEN 'insert_'
          WHEN 'w' THEN 'update_'
          WHEN 'd' THEN 'delete_'
          ELSE 'all_'
      END
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'constraints, indexes, triggers and policies are named by one pattern [T-01]'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.good (
    a integer,
    b integer,
    CONSTRAINT good_pkey PRIMARY KEY (a),
    CONSTRAINT good_b_key UNIQUE (b),
    CONSTRAINT good_b_positive_check CHECK (b > 0)
);
CREATE INDEX good_a_b_idx ON probe.good (a, b);
CREATE UNIQUE INDEX good_b_positive_key ON probe.good (b) WHERE b > 0;
CREATE POLICY select_all ON probe.good FOR SELECT TO strongroom_client USING (true);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.good
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
CREATE TABLE probe.bad (
    a integer,
    b integer,
    CONSTRAINT pk_bad PRIMARY KEY (a),
    CONSTRAINT valid_b CHECK (b > 0)
);
CREATE INDEX idx_b ON probe.bad (b);
CREATE POLICY readers ON probe.bad FOR SELECT TO strongroom_client USING (true);
CREATE TRIGGER touch BEFORE UPDATE ON probe.bad
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'pk_bad on probe.bad: is not named bad_..._pkey',
        'valid_b on probe.bad: is not named bad_..._check',
        'idx_b on probe.bad: is not named bad_..._idx (or _key, where unique)',
        'touch on probe.bad: is not named tNN_...: the number is the order of firing',
        'readers on probe.bad: does not begin with its command'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
