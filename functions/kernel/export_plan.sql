CREATE OR REPLACE FUNCTION kernel.export_plan(p_app text)
RETURNS TABLE (part text, is_shared boolean, columns jsonb)
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT p.part, p.is_shared, p.columns FROM kernel.export_parts(p_app) AS p ORDER BY p.position
$$;

COMMENT ON FUNCTION kernel.export_plan(text) IS
'What an export of a person of an app is made of, in order: tables, counters, what the kernel keeps.
is_shared: rows may tell of others, too. columns: name, class, kind, type, place in the primary key.
Raises KR110 UnknownApp.';

GRANT EXECUTE ON FUNCTION kernel.export_plan(text) TO strongroom_runner;
