CREATE OR REPLACE FUNCTION saltbitter.matched_profile(
    p_match_id uuid,
    OUT user_id uuid,
    OUT name text,
    OUT age integer,
    OUT gender text,
    OUT bio text,
    OUT photos jsonb
)
RETURNS SETOF record
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id CONSTANT uuid := kernel.require_user_uuid();
BEGIN
    RETURN QUERY
    SELECT
        p.user_id,
        p.name,
        saltbitter.age_on(p.birth_date, (now() AT TIME ZONE 'UTC')::date),
        p.gender,
        p.bio,
        p.photos
    FROM saltbitter.matches AS m
    JOIN saltbitter.profiles AS p
        ON p.user_id = CASE v_user_id WHEN m.user_a_id THEN m.user_b_id ELSE m.user_a_id END
    WHERE m.id = p_match_id
      AND m.status = 'matched'
      AND v_user_id IN (m.user_a_id, m.user_b_id);
END;
$$;

COMMENT ON FUNCTION saltbitter.matched_profile(uuid) IS
'The profile of the other one of a match of the current user; no row where there is no such match,
or it was left.
@nonnull user_id, name, age, gender, photos';

ALTER FUNCTION saltbitter.matched_profile(uuid) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.matched_profile(uuid) TO saltbitter_app;
