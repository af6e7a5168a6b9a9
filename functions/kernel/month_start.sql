CREATE OR REPLACE FUNCTION kernel.month_start(p_day date)
RETURNS date
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE
    -- The first month that PostgreSQL knows has no first day.
    WHEN p_day < date '4713-01-01 BC' THEN date '-infinity'
    WHEN pg_catalog.isfinite(p_day) THEN p_day - (extract(DAY FROM p_day)::integer - 1)
    ELSE p_day
END;

COMMENT ON FUNCTION kernel.month_start(date) IS
'The first day of the month. Infinite days stay as they are; of no day an error is raised.';

GRANT EXECUTE ON FUNCTION kernel.month_start(date) TO strongroom_client;
