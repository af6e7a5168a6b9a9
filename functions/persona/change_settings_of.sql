CREATE OR REPLACE FUNCTION persona.change_settings_of(
    p_user_id bigint,
    p_signature text,
    p_default_currency persona.currency,
    p_exchange_rate numeric
)
RETURNS text[]
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_old persona.user_settings;
    v_changed text[];
BEGIN
    PERFORM persona.require_right('manage_users');
    SELECT s.*
    INTO v_old
    FROM persona.user_settings AS s
    WHERE s.user_id = p_user_id
    FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM persona.refuse_unknown_person(p_user_id);
    END IF;
    UPDATE persona.user_settings AS s
    SET signature = p_signature,
        default_currency = p_default_currency,
        exchange_rate = p_exchange_rate
    WHERE s.user_id = p_user_id;
    v_changed := array_remove(
        ARRAY[
            CASE WHEN v_old.signature IS DISTINCT FROM p_signature
                THEN 'user_settings.signature' END,
            CASE WHEN v_old.default_currency IS DISTINCT FROM p_default_currency
                THEN 'user_settings.default_currency' END,
            CASE WHEN v_old.exchange_rate IS DISTINCT FROM p_exchange_rate::numeric(14, 4)
                THEN 'user_settings.exchange_rate' END
        ],
        NULL
    );
    PERFORM kernel.log_access(p_user_id::text, 'update_settings', v_changed, 'persona');
    RETURN v_changed;
END;
$$;

COMMENT ON FUNCTION persona.change_settings_of(bigint, text, persona.currency, numeric) IS
'Sets signature, currency and rate of another person; the names of those that changed. Names, and
never values, go into the audit log. Takes the right manage_users.
Raises LB001 RightMissing, LB002 UnknownPerson.
@nonnull';

ALTER FUNCTION persona.change_settings_of(bigint, text, persona.currency, numeric)
OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.change_settings_of(bigint, text, persona.currency, numeric)
TO persona_app;
