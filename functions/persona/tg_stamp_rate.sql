CREATE OR REPLACE FUNCTION persona.tg_stamp_rate()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- Who goes back to yuan leaves the old rate behind; a new one given with yuan is refused.
        IF NEW.default_currency <> 'rub' AND NEW.exchange_rate = OLD.exchange_rate THEN
            NEW.exchange_rate := NULL;
        END IF;
        IF NEW.exchange_rate = OLD.exchange_rate THEN
            NEW.exchange_rate_at := OLD.exchange_rate_at;
            RETURN NEW;
        END IF;
    END IF;
    NEW.exchange_rate_at := CASE WHEN NEW.exchange_rate IS NOT NULL THEN pg_catalog.now() END;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION persona.tg_stamp_rate() IS
'BEFORE INSERT OR UPDATE on settings: a rate always has the time at which it was set, and goes when
the person leaves roubles.';

CREATE OR REPLACE TRIGGER t10_stamp_rate
BEFORE INSERT OR UPDATE ON persona.user_settings
FOR EACH ROW EXECUTE FUNCTION persona.tg_stamp_rate();

COMMENT ON TRIGGER t10_stamp_rate ON persona.user_settings IS
'exchange_rate_at is not for statements to set.';
