CREATE OR REPLACE FUNCTION kernel.next_due(
    p_due timestamptz,
    p_schedule interval,
    p_now timestamptz
)
RETURNS timestamptz
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_due > p_now THEN p_due
    -- In seconds, for a day of a time zone may have 23 hours.
    ELSE p_due + pg_catalog.make_interval(
        secs => EXTRACT(epoch FROM p_schedule)::double precision * (
            pg_catalog.floor(EXTRACT(epoch FROM p_now - p_due) / EXTRACT(epoch FROM p_schedule)) + 1
        )::double precision
    )
END;

COMMENT ON FUNCTION kernel.next_due(timestamptz, interval, timestamptz) IS
'When a job is due next: the first time after p_now that is a whole number of schedules after p_due.
So runs don''t drift, and those that were missed are not made up for.';

GRANT EXECUTE ON FUNCTION kernel.next_due(timestamptz, interval, timestamptz) TO strongroom_runner;
