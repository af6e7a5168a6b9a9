CREATE OR REPLACE FUNCTION kernel.require_stable_mask(p_policy text, p_is_unstable boolean)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
PARALLEL UNSAFE
AS $$
BEGIN
    IF p_is_unstable THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR033',
            MESSAGE = pg_catalog.format('the mask of policy %s gives another value each time', p_policy),
            DETAIL = 'It would be done again and again on the same rows.',
            HINT = 'Write a mask that leaves what is masked as it is.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_stable_mask(text, boolean) IS
'Raises KR033 UnstableMask if the second argument is true.';
