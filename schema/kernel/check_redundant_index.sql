CREATE VIEW kernel.check_redundant_index
WITH (security_invoker = true)
AS
WITH indexes AS (
    SELECT
        i.indexrelid,
        i.indrelid,
        i.indisunique,
        i.indnullsnotdistinct,
        i.indimmediate,
        i.indisreplident,
        i.indisvalid AND i.indisready AS is_valid,
        x.relam,
        x.relkind,
        format('%I.%I', n.nspname, x.relname) AS name,
        i.indkey::smallint[] AS columns,
        (i.indkey::smallint[])[i.indnkeyatts:] AS included,
        -- Columns with operator class, collation and direction.
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
                            THEN pg_catalog.pg_get_indexdef(i.indexrelid, k + 1, false)
                    END
                )
                ORDER BY k
            )
            FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS k
        ) AS keys,
        coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '') AS condition,
        EXISTS (
            SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conindid = i.indexrelid
        ) AS has_constraint
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      -- Those of partitions belong to those of their root.
      AND NOT x.relispartition
)
SELECT
    'redundant_index' AS name,
    'An index is the beginning of another' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'It serves no query that the other does not serve, and every write pays for'
    ' both.' AS description,
    format('%s is the beginning of %s.', less.name, more.name) AS detail,
    format(
        'DROP INDEX%s %s;', CASE less.relkind WHEN 'I' THEN '' ELSE ' CONCURRENTLY' END, less.name
    ) AS remediation,
    jsonb_build_object('index', less.name, 'served_by', more.name) AS metadata,
    format('redundant_index:%s:%s', less.name, more.name) AS cache_key
FROM indexes AS less
JOIN indexes AS more
    ON more.indrelid = less.indrelid
    AND more.relam = less.relam
    AND more.indexrelid <> less.indexrelid
    -- What an interrupted CREATE INDEX CONCURRENTLY left serves nothing.
    AND more.is_valid
    AND more.condition = less.condition
    AND more.keys[:cardinality(less.keys)] = less.keys
    AND more.columns @> less.included
WHERE NOT less.has_constraint
  AND NOT less.indisreplident
  AND (
      NOT less.indisunique
      OR more.indisunique AND more.keys = less.keys AND more.indimmediate
      AND more.indnullsnotdistinct = less.indnullsnotdistinct
  )
  -- Of two equal ones only the younger.
  AND (
      more.keys <> less.keys OR more.has_constraint OR more.indisunique AND NOT less.indisunique
      OR NOT less.columns @> more.included OR more.indexrelid < less.indexrelid
  );

COMMENT ON VIEW kernel.check_redundant_index IS
'Indexes without a constraint that are the beginning of another valid one of the same kind and
condition, column by column, which has what they include; of two equal ones the younger.';

GRANT SELECT ON kernel.check_redundant_index TO strongroom_runner, pg_monitor;
