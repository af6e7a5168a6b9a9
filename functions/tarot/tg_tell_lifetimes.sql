CREATE OR REPLACE FUNCTION tarot.tg_tell_lifetimes()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('tarot_cache_lifetimes', NEW.entry);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION tarot.tg_tell_lifetimes() IS
'AFTER a change of a lifetime: tells programs that listen to tarot_cache_lifetimes which entries
live for another time now (X-6).';

CREATE OR REPLACE TRIGGER t90_tell_lifetimes
AFTER UPDATE ON tarot.cache_lifetimes
FOR EACH ROW WHEN (NEW.lifetime IS DISTINCT FROM OLD.lifetime)
EXECUTE FUNCTION tarot.tg_tell_lifetimes();

COMMENT ON TRIGGER t90_tell_lifetimes ON tarot.cache_lifetimes IS
'LISTEN tarot_cache_lifetimes.';
