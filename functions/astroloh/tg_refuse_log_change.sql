CREATE OR REPLACE FUNCTION astroloh.tg_refuse_log_change()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    -- Erasure forgets whom it was about; all else stays as written.
    IF TG_LEVEL = 'ROW' AND TG_OP = 'UPDATE' THEN
        OLD.user_id := CASE WHEN NEW.user_id IS NULL THEN NULL ELSE OLD.user_id END;
        OLD.session_id := CASE WHEN NEW.session_id IS NULL THEN NULL ELSE OLD.session_id END;
        OLD.ip_hash := CASE WHEN NEW.ip_hash IS NULL THEN NULL ELSE OLD.ip_hash END;
        OLD.user_agent_hash :=
            CASE WHEN NEW.user_agent_hash IS NULL THEN NULL ELSE OLD.user_agent_hash END;
        IF NEW OPERATOR(pg_catalog.*=) OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'ZD002',
        MESSAGE = 'the security log only grows',
        DETAIL = pg_catalog.format('The statement was %s.', TG_OP),
        HINT = 'Write another event; months that are past their time go as a whole.';
END;
$$;

COMMENT ON FUNCTION astroloh.tg_refuse_log_change() IS
'Refuses the statement with ZD002 SecurityLogIsAppendOnly, whoever gave it, unless it forgets whom
an event was about.';

CREATE OR REPLACE TRIGGER t10_refuse_change
BEFORE UPDATE ON astroloh.security_logs
FOR EACH ROW EXECUTE FUNCTION astroloh.tg_refuse_log_change();

COMMENT ON TRIGGER t10_refuse_change ON astroloh.security_logs IS
'What happened stays as written.';

CREATE OR REPLACE TRIGGER t10_refuse_removal
BEFORE DELETE OR TRUNCATE ON astroloh.security_logs
FOR EACH STATEMENT EXECUTE FUNCTION astroloh.tg_refuse_log_change();

COMMENT ON TRIGGER t10_refuse_removal ON astroloh.security_logs IS
'What happened stays as written.';
