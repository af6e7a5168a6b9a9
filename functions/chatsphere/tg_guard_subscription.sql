CREATE OR REPLACE FUNCTION chatsphere.tg_guard_subscription()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    IF OLD.status = 'canceled' AND NEW.status <> 'canceled' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP005',
            MESSAGE = 'a canceled subscription stays canceled',
            DETAIL = pg_catalog.format('Its status can''t become %s.', NEW.status),
            HINT = 'Start another subscription at the provider.';
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION chatsphere.tg_guard_subscription() IS
'BEFORE UPDATE of a subscription: what is over stays over. Raises SP005 SubscriptionIsOver.';

CREATE OR REPLACE TRIGGER t05_guard_subscription
BEFORE UPDATE ON chatsphere.subscriptions
FOR EACH ROW EXECUTE FUNCTION chatsphere.tg_guard_subscription();

COMMENT ON TRIGGER t05_guard_subscription ON chatsphere.subscriptions IS
'What is over stays over.';
