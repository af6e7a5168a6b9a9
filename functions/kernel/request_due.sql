CREATE OR REPLACE FUNCTION kernel.request_due(
    p_regime text,
    p_kind text,
    p_from timestamptz,
    p_is_extended boolean DEFAULT false
)
RETURNS timestamptz
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Federal law 152, articles 20 and 21: ten working days, five more with a reason; a correction
    -- seven, and no more.
    v_days integer;
    v_day date;
BEGIN
    IF num_nulls(p_regime, p_kind) > 0 OR isfinite(p_from) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'invalid_parameter_value',
            MESSAGE = 'a term has a law, a kind of request and a beginning',
            HINT = 'Pass gdpr or fz152, the kind, and when the request came.';
    END IF;
    IF p_regime = 'gdpr' THEN
        -- Article 12 (3). In UTC, so that no setting of the session moves it.
        RETURN (
            p_from AT TIME ZONE 'UTC'
            + CASE WHEN p_is_extended THEN interval '3 months' ELSE interval '1 month' END
        ) AT TIME ZONE 'UTC';
    END IF;

    v_days := CASE
        WHEN p_kind = 'rectification' THEN 7
        WHEN p_is_extended THEN 15
        ELSE 10
    END;
    v_day := (p_from AT TIME ZONE 'Europe/Moscow')::date;
    WHILE v_days > 0 LOOP
        v_day := v_day + 1;
        IF coalesce(
            (SELECT d.is_working FROM kernel.calendar_day AS d WHERE d.day = v_day),
            EXTRACT(isodow FROM v_day) < 6
        ) THEN
            v_days := v_days - 1;
        END IF;
    END LOOP;
    RETURN (v_day + 1)::timestamp AT TIME ZONE 'Europe/Moscow';
END;
$$;

COMMENT ON FUNCTION kernel.request_due(text, text, timestamptz, boolean) IS
'When a request that came at an instant must be answered. gdpr: a month, extended three. fz152: the
end of the tenth working day in Moscow after the day that it came (extended the fifteenth; a
correction the seventh, which nothing extends), by kernel.calendar_day.
Raises invalid_parameter_value for NULL, and for an instant that is not finite.';

GRANT EXECUTE ON FUNCTION kernel.request_due(text, text, timestamptz, boolean)
TO strongroom_runner, strongroom_definer;
