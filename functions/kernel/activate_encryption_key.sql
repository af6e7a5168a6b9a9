CREATE OR REPLACE FUNCTION kernel.activate_encryption_key(p_id text)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key record;
BEGIN
    LOCK TABLE kernel.encryption_key IN SHARE ROW EXCLUSIVE MODE;
    SELECT e.app, e.purpose, e.state INTO v_key
    FROM kernel.encryption_key AS e WHERE e.id = p_id;
    IF v_key.state = 'active' THEN
        RETURN false;
    ELSIF v_key.state IS DISTINCT FROM 'coming' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR086',
            MESSAGE = 'the key can''t become the active one',
            DETAIL = coalesce(format('It is %s.', v_key.state), 'There is no key of this name.'),
            HINT = 'Register a newer version of the purpose.';
    END IF;
    -- A data key that is just being wrapped by it is waited for.
    PERFORM FROM kernel.encryption_key AS e
    WHERE e.app = v_key.app AND e.purpose = v_key.purpose AND e.state = 'active'
    FOR UPDATE;
    UPDATE kernel.encryption_key AS e
    SET state = 'retiring', retiring_at = now()
    WHERE e.app = v_key.app
      AND e.purpose = v_key.purpose
      AND e.state IN ('active', 'coming')
      AND e.id <> p_id;
    UPDATE kernel.encryption_key AS e SET state = 'active' WHERE e.id = p_id;
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.activate_encryption_key(text) IS
'Makes a master key that was registered the active one of its purpose; those before it are retiring from
then on. False where it is active already. Raises KR086 UnfitEncryptionKey.';

GRANT EXECUTE ON FUNCTION kernel.activate_encryption_key(text) TO strongroom_runner;
