CREATE OR REPLACE FUNCTION persona.require_lease(p_lease interval)
RETURNS interval
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF p_lease BETWEEN interval '1 second' AND interval '1 hour' THEN
        RETURN p_lease;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'LB006',
        MESSAGE = 'a claim can''t be leased for so long',
        DETAIL = format('The lease is %s.', coalesce(p_lease::text, 'NULL')),
        HINT = 'A lease is a second to an hour: a little more than the model takes at most.';
END;
$$;

COMMENT ON FUNCTION persona.require_lease(interval) IS
'The lease, if it is one: a second to an hour. Raises LB006 UnfitLease.
@nonnull';

GRANT EXECUTE ON FUNCTION persona.require_lease(interval) TO persona_definer;
