CREATE OR REPLACE FUNCTION tarot.require_job_arguments(
    p_limit integer,
    p_now timestamptz,
    p_age interval
)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
BEGIN
    -- The moments are compared, not the interval with 0: a month less 29 days is more than 0, and
    -- yet goes forward in March.
    IF p_limit >= 1
        AND pg_catalog.isfinite(p_now)
        AND pg_catalog.isfinite(p_age)
        AND p_now - p_age <= p_now
    THEN
        RETURN;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'TR014',
        MESSAGE = 'this job can''t run with these arguments',
        DETAIL = pg_catalog.format(
            'The limit is %s, the time %s, the age %s.',
            coalesce(p_limit::text, 'NULL'),
            coalesce(p_now::text, 'NULL'),
            coalesce(p_age::text, 'NULL')
        ),
        HINT = 'A limit is 1 or more, a time is finite, an age is finite and not negative.';
END;
$$;

COMMENT ON FUNCTION tarot.require_job_arguments(integer, timestamptz, interval) IS
'Nothing, if a job may take a batch of this size, at this time, of what has at least this age; else
raises TR014 InvalidJobArgument. A wrong clock would end what still runs, and one of NULL nothing
for ever.';

GRANT EXECUTE ON FUNCTION tarot.require_job_arguments(integer, timestamptz, interval)
TO tarot_definer;
