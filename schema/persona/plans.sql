-- Keyed by the plan: no row belongs to a person, and everybody sees all of them.
CREATE TABLE persona.plans (
    plan text NOT NULL,
    price numeric(14, 2) NOT NULL,
    currency persona.currency NOT NULL,
    days integer,
    is_offered boolean NOT NULL DEFAULT true,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT plans_pkey PRIMARY KEY (plan),
    CONSTRAINT plans_plan_form_check CHECK (plan ~ '^[a-z][a-z0-9_]{0,39}$'),
    CONSTRAINT plans_price_check CHECK (price BETWEEN 0 AND 1000000),
    CONSTRAINT plans_days_check CHECK (days BETWEEN 1 AND 3660),
    -- What costs nothing may go on for ever.
    CONSTRAINT plans_end_check CHECK (days IS NOT NULL OR price = 0)
);

COMMENT ON TABLE persona.plans IS
'What can be subscribed to. A plan is a row, for prices change without a release.
@row Plan
@rows 20';
COMMENT ON COLUMN persona.plans.plan IS
'Name of the plan, as programs write it.
@public';
COMMENT ON COLUMN persona.plans.price IS
'What a subscription costs, whole.
@public';
COMMENT ON COLUMN persona.plans.currency IS
'What the price is in.
@public';
COMMENT ON COLUMN persona.plans.days IS
'How long a subscription runs; NULL: without an end.
@public';
COMMENT ON COLUMN persona.plans.is_offered IS
'False for plans that nobody can begin any more.
@public';
COMMENT ON COLUMN persona.plans.updated_at IS
'When the plan last changed.
@public';

ALTER TABLE persona.plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.plans FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.plans
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.plans
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_any ON persona.plans
FOR SELECT TO persona_app, persona_worker, persona_analyst, persona_definer USING (true);

GRANT SELECT ON persona.plans TO persona_app, persona_worker, persona_analyst, persona_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON persona.plans
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON persona.plans IS
'updated_at is not for statements to set.';

INSERT INTO persona.plans (plan, price, currency, days)
VALUES
    ('free', 0, 'rub', NULL),
    ('pro', 490, 'rub', 30)
ON CONFLICT (plan) DO NOTHING;

SELECT kernel.enable_audit('persona.plans');
