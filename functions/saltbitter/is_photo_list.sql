CREATE OR REPLACE FUNCTION saltbitter.is_photo_list(p_photos jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
BEGIN
    IF jsonb_typeof(p_photos) <> 'array' OR jsonb_array_length(p_photos) > 9 THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT
        FROM jsonb_array_elements(p_photos) AS p (photo)
        WHERE jsonb_typeof(p.photo) <> 'object'
           OR p.photo - 'url' <> '{}'
           OR jsonb_typeof(p.photo -> 'url') IS DISTINCT FROM 'string'
           OR p.photo ->> 'url' !~ '^https://[^\s]+$'
           OR length(p.photo ->> 'url') > 500
    );
END;
$$;

COMMENT ON FUNCTION saltbitter.is_photo_list(jsonb) IS
'Whether this is what a profile may show: at most 9 objects {"url": "https://..."}, each address of
at most 500 characters.';

GRANT EXECUTE ON FUNCTION saltbitter.is_photo_list(jsonb)
TO saltbitter_app, saltbitter_worker, saltbitter_definer;
