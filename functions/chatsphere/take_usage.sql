CREATE OR REPLACE FUNCTION chatsphere.take_usage(
    p_user_id uuid,
    p_units integer,
    OUT used integer,
    OUT usage_limit integer,
    OUT period_start timestamptz,
    OUT period_end timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
#variable_conflict use_column
DECLARE
    v_account record;
BEGIN
    SELECT u.usage_limit, p.usage_period
    INTO v_account
    FROM chatsphere.users AS u
    JOIN chatsphere.plans AS p ON p.plan_name = u.subscription_tier
    WHERE u.id = p_user_id AND u.is_active AND u.erased_at IS NULL;
    IF NOT FOUND THEN
        PERFORM chatsphere.refuse_account();
    END IF;
    usage_limit := v_account.usage_limit;
    period_start := pg_catalog.date_trunc(v_account.usage_period, pg_catalog.now(), 'UTC');
    period_end := (
        period_start AT TIME ZONE 'UTC' + ('1 ' || v_account.usage_period)::interval
    ) AT TIME ZONE 'UTC';
    -- One statement looks and counts, on the newest row there is: the last unit is given once.
    INSERT INTO chatsphere.usage_periods AS w (user_id, usage_period, period_start, used)
    SELECT p_user_id, v_account.usage_period, take_usage.period_start, p_units
    WHERE p_units BETWEEN 1 AND v_account.usage_limit
    ON CONFLICT (user_id, usage_period, period_start) DO UPDATE
    SET used = w.used + EXCLUDED.used
    WHERE w.used <= v_account.usage_limit - EXCLUDED.used
    RETURNING w.used INTO used;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'SP001',
            MESSAGE = 'the limit of calls of this period is reached',
            DETAIL = pg_catalog.format(
                'The limit is %s, and the period ends at %s.', usage_limit, period_end
            ),
            HINT = 'Wait for the next period, or take a larger plan.';
    END IF;
END;
$$;

COMMENT ON FUNCTION chatsphere.take_usage(uuid, integer) IS
'Counts calls of an account in its current period, all of them or none: how many there are now, how
many there may be, and from when to when. Exact whoever else is counting.
Raises SP001 UsageLimitReached, SP002 UnknownAccount.';

GRANT EXECUTE ON FUNCTION chatsphere.take_usage(uuid, integer) TO chatsphere_definer;
