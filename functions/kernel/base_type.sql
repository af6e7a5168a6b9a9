CREATE OR REPLACE FUNCTION kernel.base_type(p_type oid)
RETURNS oid
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_type oid := p_type;
    v_base oid;
BEGIN
    LOOP
        SELECT t.typbasetype
        INTO v_base
        FROM pg_type AS t
        JOIN pg_namespace AS n ON n.oid = t.typnamespace
        WHERE t.oid = v_type
          AND t.typtype = 'd'
          AND (n.nspname, t.typname) <> ('kernel', 'sealed');
        IF NOT FOUND THEN
            RETURN v_type;
        END IF;
        v_type := v_base;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.base_type(oid) IS
'The type below a domain, and below domains of it; save kernel.sealed, which says more than bytea.';

GRANT EXECUTE ON FUNCTION kernel.base_type(oid) TO strongroom_runner, strongroom_definer, pg_monitor;
