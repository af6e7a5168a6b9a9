CREATE OR REPLACE FUNCTION saltbitter.distance_band(p_meters double precision)
RETURNS integer
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN p_meters <= 5000 THEN 5
        WHEN p_meters <= 10000 THEN 10
        WHEN p_meters <= 25000 THEN 25
        WHEN p_meters <= 50000 THEN 50
        WHEN p_meters <= 100000 THEN 100
        WHEN p_meters <= 250000 THEN 250
        WHEN p_meters > 250000 THEN 500
    END;
END;
$$;

COMMENT ON FUNCTION saltbitter.distance_band(double precision) IS
'What is said of a distance in metres: at most so many kilometres (5, 10, 25, 50, 100, 250, 500).';

GRANT EXECUTE ON FUNCTION saltbitter.distance_band(double precision) TO saltbitter_definer;
