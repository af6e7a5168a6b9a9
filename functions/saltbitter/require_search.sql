CREATE OR REPLACE FUNCTION saltbitter.require_search(
    p_user_id uuid,
    p_limit integer,
    p_within_km integer,
    p_skip uuid[]
)
RETURNS saltbitter.profiles
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
DECLARE
    v_me CONSTANT saltbitter.profiles := saltbitter.require_profile(p_user_id);
BEGIN
    IF v_me.location IS NULL OR v_me.looking_for_gender IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB003',
            MESSAGE = 'the profile does not say enough for a search',
            DETAIL = 'A search needs a place, and whom the person wants to meet.',
            HINT = 'Call set_location and set_search first.';
    END IF;
    PERFORM kernel.require_consent('orientation');
    IF (p_limit BETWEEN 1 AND 100
        AND coalesce(p_within_km, 1) BETWEEN 1 AND 500
        AND pg_catalog.cardinality(p_skip) <= 500) IS NOT TRUE
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SB004',
            MESSAGE = 'a search can''t be made like this',
            DETAIL = 'A page has 1 to 100 people, a distance is 1 to 500 km, and at most 500'
                ' people are left out by name.',
            HINT = 'Mend what is out of range.';
    END IF;
    RETURN v_me;
END;
$$;

COMMENT ON FUNCTION saltbitter.require_search(uuid, integer, integer, uuid[]) IS
'The profile of who searches, if it and what is asked for are fit for a search; else raises SB001
ProfileMissing, SB003 SearchIncomplete, SB004 InvalidSearch, KR130 ConsentMissing.';

GRANT EXECUTE ON FUNCTION saltbitter.require_search(uuid, integer, integer, uuid[])
TO saltbitter_definer;
