SELECT
    i.indrelid AS relation,
    i.indkey::int2[] AS columns,
    i.indnkeyatts AS width,
    i.indnullsnotdistinct AS nulls_alike,
    i.indpred::text AS predicate
FROM pg_catalog.pg_index AS i
WHERE i.indisunique
  AND i.indisvalid
  AND i.indimmediate
  AND i.indexprs IS NULL
  -- One that tells values apart which their own collation takes for equal.
  AND NOT EXISTS (
      SELECT
      FROM ROWS FROM (
          pg_catalog.unnest(i.indkey::int2[]),
          pg_catalog.unnest(i.indcollation::oid[])
      ) AS k (number, rule)
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
      JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
      WHERE NOT l.collisdeterministic
        AND k.rule <> a.attcollation
  )
ORDER BY i.indrelid, i.indexrelid
