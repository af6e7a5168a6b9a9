SELECT
    i.indrelid AS relation,
    ARRAY(SELECT unnest(i.indkey::smallint[])) AS key,
    coalesce(c.oid, 0::oid) AS constraint,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
        WHERE a.attrelid = i.indrelid
          AND a.attnum = ANY (i.indkey)
          AND NOT l.collisdeterministic
    ) AS is_loose
FROM pg_catalog.pg_index AS i
LEFT JOIN pg_catalog.pg_constraint AS c
    ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype = 'p'
WHERE i.indisprimary
