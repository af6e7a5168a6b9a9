CREATE OR REPLACE FUNCTION kernel.catalog_columns(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH columns AS (
        SELECT
            m.identity AS relation,
            c.relkind,
            c.relowner,
            a.*,
            -- Up to 16 the default is written as -1.
            nullif(a.attstattarget, -1) AS statistics,
            pg_get_expr(d.adbin, d.adrelid) AS expression,
            t.typstorage,
            t.typcollation
        FROM kernel.catalog_members_of(p_schemas, 'pg_class') AS m
        JOIN pg_class AS c ON c.oid = m.objid
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    )
    SELECT
        'column',
        c.relation || '.' || quote_ident(c.attname),
        concat_ws(
            E'\n',
            format_type(c.atttypid, c.atttypmod) || CASE
                WHEN c.attcollation <> c.typcollation
                    THEN ' COLLATE '
                        || coalesce(nullif(c.attcollation, 0)::regcollation::text, 'none')
                ELSE ''
            END || CASE WHEN c.attnotnull THEN ' NOT NULL' ELSE '' END,
            (
                SELECT concat_ws(
                    ', ',
                    CASE WHEN NOT n.convalidated THEN 'NOT NULL is not valid' END,
                    CASE WHEN n.connoinherit THEN 'NOT NULL is not inherited' END
                )
                FROM pg_constraint AS n
                WHERE n.conrelid = c.attrelid
                  AND n.contype = 'n'
                  AND n.conkey = ARRAY[c.attnum]
                  AND (NOT n.convalidated OR n.connoinherit)
            ),
            CASE c.attgenerated
                WHEN '' THEN 'default: ' || c.expression
                WHEN 's' THEN 'generated, stored: ' || c.expression
                ELSE 'generated, virtual: ' || c.expression
            END,
            'identity: ' || CASE c.attidentity
                WHEN 'a' THEN 'always'
                WHEN 'd' THEN 'by default'
            END,
            CASE WHEN c.attstorage <> c.typstorage THEN 'storage: ' || c.attstorage::text END,
            'compression: ' || nullif(c.attcompression::text, ''),
            'statistics: ' || c.statistics,
            'options: ' || array_to_string(c.attoptions, ', '),
            'foreign options: ' || array_to_string(c.attfdwoptions, ', '),
            CASE WHEN c.attinhcount > 0 THEN 'inherited' END,
            CASE WHEN c.attinhcount > 0 AND c.attislocal THEN 'declared here too' END,
            'access: ' || kernel.acl_text(c.attacl, 'c', c.relowner)
        )
    FROM columns AS c
    UNION ALL
    SELECT
        'column order',
        c.relation,
        string_agg(quote_ident(c.attname), ', ' ORDER BY c.attnum)
    FROM columns AS c
    GROUP BY c.relation
$$;

COMMENT ON FUNCTION kernel.catalog_columns(text[]) IS
'Columns of some schemas'' tables, views and composite types, as rows of a catalogue snapshot.
Their order is one row a relation (kind ''column order''), for whoever compares by name alone to
leave out.';
