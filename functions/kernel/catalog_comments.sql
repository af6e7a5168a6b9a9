CREATE OR REPLACE FUNCTION kernel.catalog_comments(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'comment', concat_ws(' ', id.type, id.identity), d.description
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_description AS d ON d.classoid = m.classid AND d.objoid = m.objid
    CROSS JOIN pg_identify_object(d.classoid, d.objoid, d.objsubid) AS id
    -- An extension's comment is its own and may change with its version.
    WHERE m.classid <> 'pg_extension'::regclass
    UNION ALL
    SELECT 'security label', concat_ws(' ', s.provider, id.type, id.identity), s.label
    FROM kernel.catalog_members(p_schemas) AS m
    JOIN pg_seclabel AS s ON s.classoid = m.classid AND s.objoid = m.objid
    CROSS JOIN pg_identify_object(s.classoid, s.objoid, s.objsubid) AS id
$$;

COMMENT ON FUNCTION kernel.catalog_comments(text[]) IS
'Comments and security labels of some schemas'' objects, as rows of a catalogue snapshot.';
