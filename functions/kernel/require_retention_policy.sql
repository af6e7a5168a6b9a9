CREATE OR REPLACE FUNCTION kernel.require_retention_policy(p_policy text)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM kernel.retention_policy AS p WHERE p.name = p_policy) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR032',
            MESSAGE = format('there is no retention policy %s', coalesce(p_policy, 'NULL')),
            HINT = 'Take the name from kernel.retention_policy.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_retention_policy(text) IS
'Raises KR032 UnknownRetentionPolicy unless there is one of this name.';
