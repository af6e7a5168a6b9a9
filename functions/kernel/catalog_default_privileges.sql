CREATE OR REPLACE FUNCTION kernel.catalog_default_privileges(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH members AS MATERIALIZED (
        SELECT m.classid, m.objid, m.kind, m.identity
        FROM kernel.catalog_members(p_schemas) AS m
    )
    SELECT
        'default privileges',
        format(
            '%s for %s%s', d.defaclobjtype, d.defaclrole::regrole,
            ' in ' || nullif(d.defaclnamespace, 0)::regnamespace::text
        ),
        coalesce(
            kernel.acl_text(
                d.defaclacl,
                CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
                d.defaclrole
            ),
            'none'
        )
    FROM pg_default_acl AS d
    WHERE d.defaclnamespace IN (
        SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = ANY (p_schemas)
    )
       OR d.defaclnamespace = 0
       AND d.defaclrole IN (
           SELECT coalesce(n.nspowner, c.relowner, p.proowner)
           FROM members AS m
           LEFT JOIN pg_namespace AS n ON m.classid = 'pg_namespace'::regclass AND n.oid = m.objid
           LEFT JOIN pg_class AS c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
           LEFT JOIN pg_proc AS p ON m.classid = 'pg_proc'::regclass AND p.oid = m.objid
       )
$$;

COMMENT ON FUNCTION kernel.catalog_default_privileges(text[]) IS
'Default privileges that hold in some schemas, or for those who own them, as rows of a catalogue
snapshot.';
