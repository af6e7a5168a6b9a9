CREATE OR REPLACE FUNCTION saltbitter.nearby_profiles(
    p_limit integer DEFAULT 20,
    p_within_km integer DEFAULT NULL,
    p_skip uuid[] DEFAULT '{}'
)
RETURNS TABLE (
    user_id uuid,
    name text,
    age integer,
    gender text,
    bio text,
    photos jsonb,
    within_km integer
)
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
ROWS 20
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- The index gives the nearest first, so the search ends when the page is full, however many live
-- nearby. A planner that expects few of them would rather sort them all.
SET enable_sort = off
AS $$
DECLARE
    v_me CONSTANT saltbitter.profiles
        := saltbitter.require_search(kernel.require_user_uuid(), p_limit, p_within_km, p_skip);
    v_today CONSTANT date := (now() AT TIME ZONE 'UTC')::date;
    v_age CONSTANT integer := saltbitter.age_on(v_me.birth_date, v_today);
    v_radius CONSTANT integer := 1000 * least(v_me.max_distance_km, p_within_km);
BEGIN
    -- Under row level security ST_DWithin would be tried on every row that a policy lets pass;
    -- for the role of this function all pass, and the index answers.
    RETURN QUERY
    SELECT
        c.user_id, c.name, saltbitter.age_on(c.birth_date, v_today), c.gender, c.bio, c.photos,
        saltbitter.distance_band(extensions.st_distance(c.location, v_me.location, false))
    FROM saltbitter.profiles AS c
    WHERE extensions.st_dwithin(c.location, v_me.location, v_radius, false)
      AND c.is_visible
      AND c.user_id <> v_me.user_id
      AND c.gender = ANY (saltbitter.wished_genders(v_me.looking_for_gender))
      AND c.looking_for_gender IN (v_me.gender, 'everyone')
      AND c.birth_date > v_today - make_interval(years => v_me.max_age + 1)
      AND c.birth_date <= v_today - make_interval(years => v_me.min_age)
      AND v_age BETWEEN c.min_age AND c.max_age
      AND extensions.st_distance(c.location, v_me.location, false) <= 1000 * c.max_distance_km
      AND c.user_id <> ALL (array_remove(p_skip, NULL))
      AND NOT EXISTS (
          SELECT
          FROM saltbitter.decisions AS d
          WHERE d.user_id = v_me.user_id AND d.target_id = c.user_id
      )
      AND saltbitter.consents_to_meet(c.user_id)
    ORDER BY c.location OPERATOR(extensions.<->) v_me.location
    LIMIT p_limit;
END;
$$;

COMMENT ON FUNCTION saltbitter.nearby_profiles(integer, integer, uuid[]) IS
'People whom the current user may like to meet, the nearest first: in reach of both, of the wished
gender and age on both sides, visible, and not decided on yet. Of the distance only a band is told,
and it is measured between the middles of cells. The next ones come when these are decided on, or
passed as p_skip (at most 500).
Both consent to the purpose orientation, which this tells of.
Raises SB001 ProfileMissing, SB003 SearchIncomplete, SB004 InvalidSearch, KR130 ConsentMissing.
@nonnull user_id, name, age, gender, photos, within_km';

ALTER FUNCTION saltbitter.nearby_profiles(integer, integer, uuid[]) OWNER TO saltbitter_definer;
GRANT EXECUTE ON FUNCTION saltbitter.nearby_profiles(integer, integer, uuid[]) TO saltbitter_app;
