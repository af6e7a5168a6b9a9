CREATE OR REPLACE FUNCTION persona.find_people(p_username text)
RETURNS TABLE (
    id bigint,
    telegram_id bigint,
    username text,
    first_name text,
    last_name text
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 2
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A name can have been several people's; so many it never was.
    c_most CONSTANT integer := 100;
    v_found persona.users;
BEGIN
    PERFORM persona.require_right('manage_users');
    FOR v_found IN
        SELECT u.*
        FROM persona.users AS u
        WHERE lower(u.username) = lower(ltrim(p_username, '@'))
        ORDER BY u.id DESC
        LIMIT c_most
    LOOP
        PERFORM kernel.log_access(
            v_found.id::text, 'find_profile',
            '{users.telegram_id, users.username, users.first_name, users.last_name}', 'persona'
        );
        id := v_found.id;
        telegram_id := v_found.telegram_id;
        username := v_found.username;
        first_name := v_found.first_name;
        last_name := v_found.last_name;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION persona.find_people(text) IS
'People who had this username when they last wrote, whatever its capitals, the newest first, at most
100; that each was found is written into the audit log. Names are given up and taken by others: ask
which one it is before doing anything. Takes the right manage_users. Raises LB001 RightMissing.
@nonnull id, telegram_id, username';

ALTER FUNCTION persona.find_people(text) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.find_people(text) TO persona_app;
