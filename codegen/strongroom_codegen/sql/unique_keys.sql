SELECT
    i.indrelid AS relation,
    i.indkey::int2[] AS columns,
    i.indnkeyatts AS width,
    i.indpred::text AS predicate
FROM pg_catalog.pg_index AS i
WHERE i.indisunique
  AND i.indisvalid
  AND i.indimmediate
  AND i.indexprs IS NULL
ORDER BY i.indrelid, i.indexrelid
