CREATE OR REPLACE FUNCTION astroloh.is_time_zone(p_name text)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Abbreviations and offsets don't know of summer time.
    IF p_name !~ '^(UTC|[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2})$' THEN
        RETURN false;
    END IF;
    RETURN timestamptz '2000-01-01 00:00+00' AT TIME ZONE p_name IS NOT NULL OR p_name IS NULL;
EXCEPTION
    WHEN invalid_parameter_value THEN
        RETURN false;
END;
$$;

COMMENT ON FUNCTION astroloh.is_time_zone(text) IS
'Whether a time zone is called so: UTC, or an area and a place that the server knows. True for NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_time_zone(text) TO astroloh_app, astroloh_worker;
