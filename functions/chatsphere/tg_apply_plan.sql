CREATE OR REPLACE FUNCTION chatsphere.tg_apply_plan()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM chatsphere.apply_plan(coalesce(NEW.user_id, OLD.user_id));
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION chatsphere.tg_apply_plan() IS
'AFTER each change of a subscription: the account gets the tier that follows from it.';

CREATE OR REPLACE TRIGGER t20_apply_plan
AFTER INSERT OR UPDATE OR DELETE ON chatsphere.subscriptions
FOR EACH ROW EXECUTE FUNCTION chatsphere.tg_apply_plan();

COMMENT ON TRIGGER t20_apply_plan ON chatsphere.subscriptions IS
'One truth: the tier of an account is that of its running subscription.';
