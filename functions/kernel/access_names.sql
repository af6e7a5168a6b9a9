CREATE OR REPLACE FUNCTION kernel.access_names(VARIADIC p_parts text[])
RETURNS text[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
    -- A name that must be quoted could hide a value, and the log takes none.
    SELECT ARRAY(
        SELECT p.part
        FROM unnest(p_parts) WITH ORDINALITY AS p (part, place)
        WHERE p.part ~ '^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62}){0,2}$'
        ORDER BY p.place
    )
$$;

COMMENT ON FUNCTION kernel.access_names(text[]) IS
'Those of some names that kernel.log_access() takes.';
