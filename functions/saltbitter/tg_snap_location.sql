CREATE OR REPLACE FUNCTION saltbitter.tg_snap_location()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_point CONSTANT extensions.geometry := NEW.location::extensions.geometry;
BEGIN
    NEW.location := saltbitter.cell_centre(extensions.st_y(v_point), extensions.st_x(v_point));
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_snap_location() IS
'Puts the middle of its cell in the place of a location, whoever writes it.';

CREATE OR REPLACE TRIGGER t10_snap_location
BEFORE INSERT OR UPDATE OF location ON saltbitter.profiles
FOR EACH ROW WHEN (NEW.location IS NOT NULL)
EXECUTE FUNCTION saltbitter.tg_snap_location();

COMMENT ON TRIGGER t10_snap_location ON saltbitter.profiles IS
'No exact place is stored.';
