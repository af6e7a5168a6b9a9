CREATE OR REPLACE FUNCTION persona.view_profile(p_user_id bigint)
RETURNS TABLE (
    id bigint,
    telegram_id bigint,
    username text,
    first_name text,
    last_name text,
    language_code text,
    is_admin boolean,
    created_at timestamptz,
    signature text,
    default_currency persona.currency,
    exchange_rate numeric(14, 4),
    exchange_rate_at timestamptz
)
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
ROWS 1
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM persona.require_right('manage_users');
    RETURN QUERY
    SELECT
        u.id, u.telegram_id, u.username, u.first_name, u.last_name, u.language_code, u.is_admin,
        u.created_at, s.signature, s.default_currency, s.exchange_rate, s.exchange_rate_at
    FROM persona.users AS u
    JOIN persona.user_settings AS s ON s.user_id = u.id
    WHERE u.id = p_user_id;
    IF NOT FOUND THEN
        PERFORM persona.refuse_unknown_person(p_user_id);
    END IF;
    -- In the same transaction: who is shown something is written down, or is shown nothing.
    PERFORM kernel.log_access(
        p_user_id::text, 'view_profile',
        '{users.telegram_id, users.username, users.first_name, users.last_name,
        users.language_code, users.created_at, user_settings.signature,
        user_settings.default_currency, user_settings.exchange_rate,
        user_settings.exchange_rate_at}',
        'persona'
    );
END;
$$;

COMMENT ON FUNCTION persona.view_profile(bigint) IS
'A person and what they set, for an administrator; that it was looked at is written into the audit
log. Takes the right manage_users. Raises LB001 RightMissing, LB002 UnknownPerson.
@nonnull id, telegram_id, is_admin, created_at, signature, default_currency';

ALTER FUNCTION persona.view_profile(bigint) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.view_profile(bigint) TO persona_app;
