CREATE OR REPLACE FUNCTION saltbitter.require_profile(p_user_id uuid)
RETURNS saltbitter.profiles
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
DECLARE
    v_profile saltbitter.profiles;
BEGIN
    SELECT p.* INTO v_profile FROM saltbitter.profiles AS p WHERE p.user_id = p_user_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB001',
            MESSAGE = 'this person has no profile',
            DETAIL = 'Places and searches belong to a profile.',
            HINT = 'Make one first: create_profile.';
    END IF;
    RETURN v_profile;
END;
$$;

COMMENT ON FUNCTION saltbitter.require_profile(uuid) IS
'The profile of a person; raises SB001 ProfileMissing without one.';

GRANT EXECUTE ON FUNCTION saltbitter.require_profile(uuid) TO saltbitter_definer;
