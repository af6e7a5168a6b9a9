CREATE OR REPLACE FUNCTION saltbitter.clear_location()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    -- When it moved last stays: forgetting a place is no way to move at once.
    UPDATE saltbitter.profiles AS p SET location = NULL WHERE p.user_id = v_user_id;
END;
$$;

COMMENT ON FUNCTION saltbitter.clear_location() IS
'Forgets where the current user is: who neither finds nor is found by distance then.';

ALTER FUNCTION saltbitter.clear_location() OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.clear_location() TO saltbitter_app;
