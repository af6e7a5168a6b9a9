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
    c_pause CONSTANT interval := make_interval(mins => 15);
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
    v_cell extensions.geography;
    v_profile saltbitter.profiles;
BEGIN
    IF (p_latitude BETWEEN -90 AND 90 AND p_longitude BETWEEN -180 AND 180) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB002',
            MESSAGE = 'this is no place on earth',
            DETAIL = 'Latitude goes from -90 to 90 degrees, longitude from -180 to 180.',
            HINT = 'Pass both in degrees, latitude first.';
    END IF;
    v_cell := saltbitter.cell_centre(p_latitude, p_longitude);
    v_profile := saltbitter.require_profile(v_user_id);
    IF extensions.st_asbinary(v_profile.location) = extensions.st_asbinary(v_cell) THEN
        RETURN true;
    END IF;
    -- Of the account, for a profile can be deleted and made anew; two at once wait for each other.
    UPDATE saltbitter.users AS u
    SET moved_at = now()
    WHERE u.id = v_user_id AND (u.moved_at IS NULL OR u.moved_at <= now() - c_pause);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE saltbitter.profiles AS p SET location = v_cell WHERE p.user_id = v_user_id;
    RETURN true;
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
