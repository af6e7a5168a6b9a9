-- Keyed by the plan: no row belongs to a person, and everybody sees all of them.
CREATE TABLE chatsphere.plans (
    plan_name text NOT NULL,
    usage_limit integer NOT NULL,
    usage_period text NOT NULL DEFAULT 'month',
    chatbot_limit integer NOT NULL,
    source_limit integer NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT plans_pkey PRIMARY KEY (plan_name),
    CONSTRAINT plans_plan_name_check CHECK (plan_name ~ '^[a-z][a-z0-9_]{0,49}$'),
    CONSTRAINT plans_usage_limit_check CHECK (usage_limit BETWEEN 0 AND 1000000000),
    CONSTRAINT plans_usage_period_check CHECK (usage_period IN ('day', 'month')),
    CONSTRAINT plans_chatbot_limit_check CHECK (chatbot_limit BETWEEN 1 AND 10000),
    CONSTRAINT plans_source_limit_check CHECK (source_limit BETWEEN 1 AND 1000000)
);

COMMENT ON TABLE chatsphere.plans IS
'What an account may do for what it pays. A plan is a row, for the shop changes it without a
release; accounts keep the limit of calls that they have until their subscription changes.
@row Plan
@rows 10';
COMMENT ON COLUMN chatsphere.plans.plan_name IS
'Name of the plan, which is the tier of its accounts.
@public';
COMMENT ON COLUMN chatsphere.plans.usage_limit IS
'Calls in a period.
@public';
COMMENT ON COLUMN chatsphere.plans.usage_period IS
'The period in which calls are counted: a day or a month of UTC.
@public';
COMMENT ON COLUMN chatsphere.plans.chatbot_limit IS
'Bots that an account may have.
@public';
COMMENT ON COLUMN chatsphere.plans.source_limit IS
'Training sources that a bot may have.
@public';
COMMENT ON COLUMN chatsphere.plans.updated_at IS
'When the plan last changed.
@internal';

ALTER TABLE chatsphere.plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.plans FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.plans
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.plans
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON chatsphere.plans
FOR SELECT TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (true);

GRANT SELECT ON chatsphere.plans
TO chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON chatsphere.plans
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON chatsphere.plans IS
'updated_at is not for statements to set.';

SELECT kernel.enable_audit('chatsphere.plans');

INSERT INTO chatsphere.plans (plan_name, usage_limit, usage_period, chatbot_limit, source_limit)
VALUES
    ('free', 1000, 'month', 3, 50),
    ('starter', 10000, 'month', 10, 500),
    ('pro', 100000, 'month', 50, 5000),
    ('enterprise', 10000000, 'month', 1000, 100000)
ON CONFLICT DO NOTHING;
