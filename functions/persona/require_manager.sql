CREATE OR REPLACE FUNCTION persona.require_manager()
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM persona.admin_users AS a WHERE a.can_manage_users) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB003',
            MESSAGE = 'nobody would be left who may manage users',
            DETAIL = 'This is the last administrator with that right.',
            HINT = 'Give the right to somebody else first.';
    END IF;
END;
$$;

COMMENT ON FUNCTION persona.require_manager() IS
'Nothing, while somebody may manage users; else raises LB003 LastManager. Who changes rights locks
those who have it before (persona.lock_managers), so that two can''t take it from each other at once.';

GRANT EXECUTE ON FUNCTION persona.require_manager() TO persona_definer;
