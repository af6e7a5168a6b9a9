SELECT DISTINCT a.attrelid AS relation
FROM pg_catalog.pg_attribute AS a
WHERE a.attgenerated <> '' AND a.attrelid >= 16384
