SELECT
    i.indrelid AS relation,
    ARRAY(SELECT unnest(i.indkey::smallint[])) AS key,
    coalesce(c.oid, 0::oid) AS constraint
FROM pg_catalog.pg_index AS i
LEFT JOIN pg_catalog.pg_constraint AS c
    ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype = 'p'
WHERE i.indisprimary
