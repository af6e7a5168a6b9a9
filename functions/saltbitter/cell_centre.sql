CREATE OR REPLACE FUNCTION saltbitter.cell_centre(
    p_latitude double precision,
    p_longitude double precision
)
RETURNS extensions.geography
LANGUAGE plpgsql
IMMUTABLE
STRICT
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A fiftieth of a degree of latitude is 2.2 km.
    c_rows CONSTANT integer := 9000;
    v_row CONSTANT integer := least(floor((p_latitude + 90) * 50), c_rows - 1)::integer;
    v_latitude CONSTANT double precision := (v_row + 0.5) / 50 - 90;
    -- Parallels get shorter towards the poles: so many cells that each is 2.2 km wide, or more.
    v_cells CONSTANT integer := greatest(floor(360 * 50 * cosd(v_latitude)), 1)::integer;
    v_cell CONSTANT integer
        := least(floor((p_longitude + 180) / 360 * v_cells), v_cells - 1)::integer;
BEGIN
    RETURN extensions.st_setsrid(
        extensions.st_makepoint((v_cell + 0.5) * 360 / v_cells - 180, v_latitude), 4326
    )::extensions.geography;
END;
$$;

COMMENT ON FUNCTION saltbitter.cell_centre(double precision, double precision) IS
'The middle of the cell in which a place lies, by its latitude (-90 to 90) and longitude (-180 to
180) in degrees. Cells are 2.2 km high and at least as wide. Only middles are ever stored, so no
number of searches can tell where in a cell somebody is.';

GRANT EXECUTE ON FUNCTION saltbitter.cell_centre(double precision, double precision)
TO saltbitter_definer;
