CREATE OR REPLACE FUNCTION astroloh.require_lifetime(p_lifetime interval)
RETURNS interval
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF p_lifetime BETWEEN interval '1 minute' AND interval '7 days' THEN
        RETURN p_lifetime;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'ZD005',
        MESSAGE = 'a dialog can''t go on for so long',
        DETAIL = pg_catalog.format('The lifetime is %s.', coalesce(p_lifetime::text, 'NULL')),
        HINT = 'Pass a minute to seven days.';
END;
$$;

COMMENT ON FUNCTION astroloh.require_lifetime(interval) IS
'The lifetime, if a dialog may have it; else raises ZD005 InvalidLifetime.';

GRANT EXECUTE ON FUNCTION astroloh.require_lifetime(interval) TO astroloh_app, astroloh_definer;
