CREATE OR REPLACE FUNCTION kernel.masked_view_name(p_relation text)
RETURNS name
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN pg_catalog.octet_length(p_relation) <= 56 THEN p_relation
    ELSE kernel.cut_name(p_relation, 47) || '_' || pg_catalog.encode(
        substring(pg_catalog.sha256(pg_catalog.convert_to(p_relation, 'UTF8')) FOR 4), 'hex'
    )
END || '_masked';

COMMENT ON FUNCTION kernel.masked_view_name(text) IS
'How the masked view of a table is called: <table>_masked, with a hash in place of the end of a long
name.';

GRANT EXECUTE ON FUNCTION kernel.masked_view_name(text) TO strongroom_runner, pg_monitor;
