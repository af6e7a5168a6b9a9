CREATE OR REPLACE FUNCTION persona.require_plan(p_plan text, p_amount numeric, p_currency text)
RETURNS persona.plans
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
AS $$
DECLARE
    v_plan persona.plans;
BEGIN
    SELECT p.* INTO v_plan FROM persona.plans AS p WHERE p.plan = p_plan AND p.is_offered;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB010',
            MESSAGE = 'this plan is not offered',
            DETAIL = 'Its name is none of persona.plans, or of one that nobody can begin any more.',
            HINT = 'Choose one that list_plans shows.';
    END IF;
    IF num_nonnulls(p_amount, p_currency) > 0
        AND (p_amount, p_currency) IS DISTINCT FROM (v_plan.price, v_plan.currency::text)
    THEN
        -- Without figures: messages go to logs, and what somebody pays is personal.
        RAISE EXCEPTION USING
            ERRCODE = 'LB013',
            MESSAGE = 'the gateway took another price',
            DETAIL = 'What was paid is not what the plan costs now; nothing was begun.',
            HINT = 'Look at the payment at the gateway, and pay it back there.';
    END IF;
    RETURN v_plan;
END;
$$;

COMMENT ON FUNCTION persona.require_plan(text, numeric, text) IS
'A plan that is offered, if what was paid for it is its price; what nobody says is not compared. Raises
LB010 PlanNotOffered, LB013 PaymentDiffers.';

GRANT EXECUTE ON FUNCTION persona.require_plan(text, numeric, text) TO persona_definer;
