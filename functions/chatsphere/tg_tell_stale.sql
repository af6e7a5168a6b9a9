CREATE OR REPLACE FUNCTION chatsphere.tg_tell_stale()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify(
        'chatsphere_stale',
        CASE TG_TABLE_NAME
            WHEN 'chatbots' THEN 'chatbot '
            WHEN 'users' THEN 'user '
            ELSE 'lifetime '
        -- The rows of these tables have one of the two.
        END || coalesce(pg_catalog.to_jsonb(OLD) ->> 'id', pg_catalog.to_jsonb(OLD) ->> 'entry')
    );
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION chatsphere.tg_tell_stale() IS
'AFTER a change of a bot, an account or a lifetime: tells programs that listen to chatsphere_stale
what cached entries are old (C-35). "chatbot KEY": its settings, figures and conversations; "user
KEY": the profile, the list of bots and the use of calls; "lifetime ENTRY": every entry of that kind
lives for another time. Keys are random, and nothing else is told.';

CREATE OR REPLACE TRIGGER t90_tell_stale
AFTER UPDATE OR DELETE ON chatsphere.chatbots
FOR EACH ROW EXECUTE FUNCTION chatsphere.tg_tell_stale();

COMMENT ON TRIGGER t90_tell_stale ON chatsphere.chatbots IS
'LISTEN chatsphere_stale.';

CREATE OR REPLACE TRIGGER t90_tell_stale
AFTER UPDATE OR DELETE ON chatsphere.users
FOR EACH ROW EXECUTE FUNCTION chatsphere.tg_tell_stale();

COMMENT ON TRIGGER t90_tell_stale ON chatsphere.users IS
'LISTEN chatsphere_stale.';

CREATE OR REPLACE TRIGGER t90_tell_stale
AFTER UPDATE ON chatsphere.cache_lifetimes
FOR EACH ROW WHEN (NEW.lifetime IS DISTINCT FROM OLD.lifetime)
EXECUTE FUNCTION chatsphere.tg_tell_stale();

COMMENT ON TRIGGER t90_tell_stale ON chatsphere.cache_lifetimes IS
'LISTEN chatsphere_stale.';
