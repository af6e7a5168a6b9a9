SELECT l.oid
FROM pg_catalog.pg_collation AS l
WHERE NOT l.collisdeterministic
