CREATE OR REPLACE FUNCTION kernel.catalog_members(p_schemas text[])
RETURNS TABLE (classid oid, objid oid, kind text, identity text)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    SELECT m.classid, m.objid, m.kind, m.identity
    FROM kernel.catalog_members_of(p_schemas, NULL) AS m;
END;
$$;

COMMENT ON FUNCTION kernel.catalog_members(text[]) IS
'Every object that belongs to some schemas, with the kind and name that PostgreSQL itself gives it.
Members of extensions are left out: they belong to the extension. So are partitions of
range-partitioned tables: they depend on the date.';
