CREATE OR REPLACE FUNCTION saltbitter.set_location(
    p_latitude double precision,
    p_longitude double precision
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_pause CONSTANT interval := '15 minutes';
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_cell extensions.geography;
    v_is_there boolean;
BEGIN
    IF (p_latitude BETWEEN -90 AND 90 AND p_longitude BETWEEN -180 AND 180) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB002',
            MESSAGE = 'this is no place on earth',
            DETAIL = 'Latitude goes from -90 to 90 degrees, longitude from -180 to 180.',
            HINT = 'Pass both in degrees, latitude first.';
    END IF;
    v_cell := saltbitter.cell_centre(p_latitude, p_longitude);
    PERFORM saltbitter.require_profile(v_user_id);
    UPDATE saltbitter.profiles AS p
    SET location = v_cell,
        location_moved_at = now()
    WHERE p.user_id = v_user_id
      AND extensions.st_asbinary(p.location) IS DISTINCT FROM extensions.st_asbinary(v_cell)
      AND (p.location_moved_at IS NULL OR p.location_moved_at <= now() - c_pause);
    SELECT extensions.st_asbinary(p.location) = extensions.st_asbinary(v_cell)
    INTO v_is_there
    FROM saltbitter.profiles AS p
    WHERE p.user_id = v_user_id;
    RETURN coalesce(v_is_there, false);
END;
$$;

COMMENT ON FUNCTION saltbitter.set_location(double precision, double precision) IS
'Notes in which cell the current user is. True when it is noted; false when the last move into
another cell was less than 15 minutes ago: say it again later. So nobody can look at others from
many places in a short time. Raises SB001 ProfileMissing, SB002 InvalidPlace.
@nonnull';

ALTER FUNCTION saltbitter.set_location(double precision, double precision)
OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.set_location(double precision, double precision)
TO saltbitter_app;
