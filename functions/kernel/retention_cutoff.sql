CREATE OR REPLACE FUNCTION kernel.retention_cutoff(
    p_now timestamptz,
    p_keep_for interval,
    p_statutory_minimum interval,
    p_override_min_days integer
)
RETURNS timestamptz
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
RETURN least(
    greatest(p_now - p_keep_for, p_now - make_interval(days => p_override_min_days)),
    p_now - p_statutory_minimum
);

COMMENT ON FUNCTION kernel.retention_cutoff(timestamptz, interval, interval, integer) IS
'Before when a row must be to be past its time under the shortest period that a policy can give it;
statutory minimum and shortest period of a person may be NULL.';
