SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    pg_catalog.format_type(t.oid, NULL) AS format,
    t.typtype AS kind,
    t.typcategory AS category,
    CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END AS element,
    t.typbasetype AS base,
    t.typnotnull AS not_null,
    t.typrelid AS relation,
    coalesce(r.rngsubtype, m.rngsubtype, 0::oid) AS subtype,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
          AND d.objid = t.oid
          AND d.deptype = 'e'
    ) AS of_extension,
    CASE WHEN t.oid >= 16384 THEN pg_catalog.obj_description(t.oid, 'pg_type') END
        AS comment,
    ARRAY(
        SELECT e.enumlabel::text
        FROM pg_catalog.pg_enum AS e
        WHERE e.enumtypid = t.oid
        ORDER BY e.enumsortorder
    ) AS labels
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_catalog.pg_range AS m ON m.rngmultitypid = t.oid
