BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
WITH indexes AS (
    SELECT
        i.indexrelid,
        i.indrelid,
        i.indisunique,
        x.relam,
        -- Columns with operator class, collation and direction; what is included does not count.
        (
            SELECT array_agg(
                concat_ws(
                    ' ',
                    (i.indkey::smallint[])[k],
                    (i.indclass::oid[])[k],
                    (i.indcollation::oid[])[k],
                    (i.indoption::smallint[])[k],
                    CASE
                        WHEN (i.indkey::smallint[])[k] = 0
                            THEN pg_get_indexdef(i.indexrelid, k + 1, false)
                    END
                )
                ORDER BY k
            )
            FROM generate_series(0, i.indnkeyatts - 1) AS k
        ) AS keys,
        coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS condition,
        EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid) AS has_constraint
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = x.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
)
SELECT less.indexrelid::regclass::text, format('is the beginning of %s', more.indexrelid::regclass)
FROM indexes AS less
JOIN indexes AS more
    ON more.indrelid = less.indrelid
    AND more.relam = less.relam
    AND more.indexrelid <> less.indexrelid
    AND more.condition = less.condition
    AND more.keys[:cardinality(less.keys)] = less.keys
WHERE NOT less.has_constraint
  AND (NOT less.indisunique OR more.indisunique AND more.keys = less.keys)
  -- Of two equal ones only the younger.
  AND (
      more.keys <> less.keys OR more.has_constraint OR more.indisunique AND NOT less.indisunique
      OR more.indexrelid < less.indexrelid
  );

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'no index is the beginning of another [T-F1, T-F2]'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.things (a integer, b integer, c text, CONSTRAINT things_pkey PRIMARY KEY (a, b));
CREATE INDEX things_a_idx ON probe.things (a);
CREATE INDEX things_b_idx ON probe.things (b);
CREATE INDEX things_b_again_idx ON probe.things (b);
CREATE INDEX things_a_desc_idx ON probe.things (a DESC);
CREATE INDEX things_a_some_idx ON probe.things (a) WHERE b > 0;
CREATE INDEX things_lower_idx ON probe.things (lower(c));
CREATE INDEX things_upper_idx ON probe.things (upper(c), a);
CREATE UNIQUE INDEX things_a_key ON probe.things (a);

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.things_a_idx: is the beginning of probe.things_pkey',
        'probe.things_a_idx: is the beginning of probe.things_a_key',
        'probe.things_b_again_idx: is the beginning of probe.things_b_idx'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
