BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
SELECT
    format('%I on %s', f.conname, f.conrelid::regclass),
    'no index begins with its columns'
FROM pg_constraint AS f
JOIN pg_namespace AS n ON n.oid = f.connamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  AND NOT EXISTS (
      SELECT
      FROM pg_index AS i
      WHERE i.indrelid = f.conrelid
        AND i.indisvalid
        AND i.indnkeyatts >= cardinality(f.conkey)
        -- The first columns of the index are those of the key, in any order.
        AND (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
        AND (
            i.indpred IS NULL
            -- Rows that refer to nothing may be left out.
            OR EXISTS (
                SELECT
                FROM pg_attribute AS a
                WHERE a.attrelid = f.conrelid
                  AND a.attnum = ANY (f.conkey)
                  AND pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)
            )
        )
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every foreign key is served by an index, so that erasure does not scan'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.goods (user_id integer, id integer, PRIMARY KEY (user_id, id));
CREATE TABLE probe.sales (
    id integer,
    user_id integer,
    good_id integer,
    sold_on date,
    CONSTRAINT sales_good_id_fkey FOREIGN KEY (user_id, good_id)
    REFERENCES probe.goods (user_id, id)
);
CREATE TABLE probe.returns (LIKE probe.sales);
ALTER TABLE probe.returns ADD CONSTRAINT returns_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE TABLE probe.gifts (LIKE probe.sales);
ALTER TABLE probe.gifts ADD CONSTRAINT gifts_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE TABLE probe.losses (LIKE probe.sales);
ALTER TABLE probe.losses ADD CONSTRAINT losses_good_id_fkey
FOREIGN KEY (user_id, good_id) REFERENCES probe.goods (user_id, id);
CREATE INDEX sales_idx ON probe.sales (good_id, user_id, sold_on);
CREATE INDEX returns_idx ON probe.returns (user_id, good_id) WHERE good_id IS NOT NULL;
-- Not these: a part of the key, the key behind another column, some rows only.
CREATE INDEX gifts_user_idx ON probe.gifts (user_id);
CREATE INDEX gifts_late_idx ON probe.gifts (id, user_id, good_id);
CREATE INDEX losses_idx ON probe.losses (user_id, good_id) WHERE id > 5;

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'gifts_good_id_fkey on probe.gifts: no index begins with its columns',
        'losses_good_id_fkey on probe.losses: no index begins with its columns'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
