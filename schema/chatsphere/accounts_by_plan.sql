-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW chatsphere.accounts_by_plan WITH (security_barrier = true) AS
SELECT
    u.subscription_tier AS plan_name,
    count(*) AS accounts
FROM chatsphere.users AS u
WHERE u.is_active
GROUP BY 1
HAVING count(*) >= 5;

COMMENT ON VIEW chatsphere.accounts_by_plan IS
'Open accounts by plan. Plans with fewer than five are left out.
@row AccountsByPlan';
COMMENT ON COLUMN chatsphere.accounts_by_plan.plan_name IS
'The plan.
@public';
COMMENT ON COLUMN chatsphere.accounts_by_plan.accounts IS
'How many accounts, at least five.
@public';

GRANT SELECT ON chatsphere.accounts_by_plan TO chatsphere_analyst;
