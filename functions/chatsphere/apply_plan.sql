CREATE OR REPLACE FUNCTION chatsphere.apply_plan(p_user_id uuid)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    UPDATE chatsphere.users AS u
    SET subscription_tier = p.plan_name,
        usage_limit = p.usage_limit
    FROM chatsphere.plans AS p
    WHERE u.id = p_user_id
      AND u.erased_at IS NULL
      AND p.plan_name = coalesce(
          (
              SELECT s.plan_name
              FROM chatsphere.subscriptions AS s
              WHERE s.user_id = p_user_id AND s.status IN ('trialing', 'active', 'past_due')
          ),
          'free'
      );
END;
$$;

COMMENT ON FUNCTION chatsphere.apply_plan(uuid) IS
'Gives an account the tier and the limit of the plan of its running subscription, else of the free
one. Nothing else writes them.';

GRANT EXECUTE ON FUNCTION chatsphere.apply_plan(uuid) TO chatsphere_definer;
