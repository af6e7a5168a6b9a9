CREATE OR REPLACE FUNCTION saltbitter.tg_follow_subscription()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user_id uuid;
    v_tier text := 'free';
BEGIN
    IF TG_OP = 'DELETE' THEN
        v_user_id := OLD.user_id;
    ELSE
        v_user_id := NEW.user_id;
        v_tier := saltbitter.effective_tier(
            NEW.tier, NEW.status, NEW.current_period_end, now()
        );
    END IF;
    UPDATE saltbitter.users AS u
    SET subscription_tier = v_tier
    WHERE u.id = v_user_id AND u.subscription_tier <> v_tier;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION saltbitter.tg_follow_subscription() IS
'Gives a person the tier that their subscription gives.';

ALTER FUNCTION saltbitter.tg_follow_subscription() OWNER TO saltbitter_definer;

CREATE OR REPLACE TRIGGER t20_follow_subscription
AFTER INSERT OR UPDATE OR DELETE ON saltbitter.subscriptions
FOR EACH ROW EXECUTE FUNCTION saltbitter.tg_follow_subscription();

COMMENT ON TRIGGER t20_follow_subscription ON saltbitter.subscriptions IS
'The tier of a person is that of their subscription, whoever writes it.';
