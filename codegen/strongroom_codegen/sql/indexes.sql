SELECT
    i.indrelid AS relation,
    c.relname AS name,
    i.indkey[0] AS leading,
    m.amname AS method,
    i.indpred IS NOT NULL AS partial,
    ARRAY(
        SELECT o.amopopr
        FROM pg_catalog.pg_opclass AS k
        JOIN pg_catalog.pg_amop AS o ON o.amopfamily = k.opcfamily
        WHERE k.oid = i.indclass[0]
          AND o.amoppurpose = 's'
    ) AS operators
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
WHERE i.indisvalid
  AND i.indrelid >= 16384
ORDER BY i.indrelid, c.relname
