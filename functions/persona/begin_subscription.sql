CREATE OR REPLACE FUNCTION persona.begin_subscription(
    p_user_id bigint,
    p_plan text,
    p_payment_reference text DEFAULT NULL,
    p_metadata jsonb DEFAULT '{}',
    p_amount numeric DEFAULT NULL,
    p_currency text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_plan persona.plans;
    v_known persona.subscriptions;
    v_from timestamptz;
    v_id bigint;
BEGIN
    -- Twins of one webhook, and two payments of one person, take turns.
    PERFORM FROM persona.users AS u WHERE u.id = p_user_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM persona.refuse_unknown_person(p_user_id);
    END IF;
    -- What was begun is told again, whatever is offered by now.
    SELECT s.*
    INTO v_known
    FROM persona.subscriptions AS s
    WHERE s.payment_reference = p_payment_reference;
    IF NOT FOUND THEN
        v_plan := persona.require_plan(p_plan, p_amount, p_currency);
        v_from := persona.make_room(p_user_id, v_plan.price);
        INSERT INTO persona.subscriptions (
            user_id, plan, started_at, expires_at, status, metadata, price, currency,
            payment_reference
        )
        VALUES (
            p_user_id, p_plan, v_from, v_from + make_interval(days => v_plan.days),
            CASE WHEN v_from > now() THEN 'upcoming' ELSE 'active' END, p_metadata, v_plan.price,
            v_plan.currency, p_payment_reference
        )
        ON CONFLICT (payment_reference) WHERE payment_reference IS NOT NULL DO NOTHING
        RETURNING id INTO v_id;
        IF FOUND THEN
            RETURN v_id;
        END IF;
        SELECT s.*
        INTO STRICT v_known
        FROM persona.subscriptions AS s
        WHERE s.payment_reference = p_payment_reference;
    END IF;
    IF (v_known.user_id, v_known.plan) IS DISTINCT FROM (p_user_id, p_plan) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'LB011',
            MESSAGE = 'this payment reference belongs to another subscription',
            DETAIL = 'It was used for another plan, or for somebody else.',
            HINT = 'Begin a new payment at the gateway, and use its reference.';
    END IF;
    RETURN v_known.id;
END;
$$;

COMMENT ON FUNCTION persona.begin_subscription(bigint, text, text, jsonb, numeric, text) IS
'Begins a subscription, for the price and the time of its plan: what the webhook of the gateway calls.
The number of the subscription; a second call with the same payment gives the first one''s, whatever
became of it. What is paid for while another one runs waits, and begins when that one is over, so that
no day that was paid for is lost; one without an end gives way at once. p_amount, p_currency: what the
gateway took, compared with the price of the plan where it is said.
Raises LB002 UnknownPerson, LB010 PlanNotOffered, LB011 PaymentReferenceUsed, LB013 PaymentDiffers.
@nonnull';

ALTER FUNCTION persona.begin_subscription(bigint, text, text, jsonb, numeric, text)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.begin_subscription(bigint, text, text, jsonb, numeric, text)
TO persona_worker;
