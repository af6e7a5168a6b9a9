CREATE OR REPLACE FUNCTION chatsphere.reserve_usage(
    p_units integer DEFAULT 1,
    OUT used integer,
    OUT usage_limit integer,
    OUT period_start timestamptz,
    OUT period_end timestamptz
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    SELECT t.used, t.usage_limit, t.period_start, t.period_end
    INTO used, usage_limit, period_start, period_end
    FROM chatsphere.take_usage(
        kernel.require_user_uuid(), chatsphere.require_count(p_units)
    ) AS t;
END;
$$;

COMMENT ON FUNCTION chatsphere.reserve_usage(integer) IS
'Takes calls out of what the current user may do in the period, before they are done: how many are
taken, how many there may be, and from when to when. What fails afterwards stays counted.
Raises KR001 MissingIdentity, SP001 UsageLimitReached, SP002 UnknownAccount, SP007
CountOutOfRange.
@nonnull';

ALTER FUNCTION chatsphere.reserve_usage(integer) OWNER TO chatsphere_definer;
GRANT EXECUTE ON FUNCTION chatsphere.reserve_usage(integer) TO chatsphere_app;
