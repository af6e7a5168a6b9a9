CREATE OR REPLACE FUNCTION kernel.waiting_deltas(p_app text, p_name text)
RETURNS bigint
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Beyond that it is more than enough.
    c_most CONSTANT integer := 100001;
    v_count bigint;
BEGIN
    EXECUTE format(
        'SELECT count(*) FROM (SELECT FROM %s LIMIT %s) AS d',
        (kernel.counter_parts(p_app, p_name)).deltas, c_most
    )
    INTO v_count;
    RETURN v_count;
EXCEPTION
    WHEN undefined_table THEN
        RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.waiting_deltas(text, text) IS
'How many deltas of a counter are not folded yet, at most 100,001; NULL when its table is gone.
Raises KR053 UnknownCounter.';

GRANT EXECUTE ON FUNCTION kernel.waiting_deltas(text, text) TO strongroom_runner;
