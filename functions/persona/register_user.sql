CREATE OR REPLACE FUNCTION persona.register_user(
    p_telegram_id bigint,
    p_username text DEFAULT NULL,
    p_first_name text DEFAULT NULL,
    p_last_name text DEFAULT NULL,
    p_language_code text DEFAULT NULL
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_id bigint;
BEGIN
    SELECT u.id
    INTO v_id
    FROM persona.users AS u
    WHERE u.telegram_id = p_telegram_id;
    IF FOUND THEN
        RETURN v_id;
    END IF;
    INSERT INTO persona.users (telegram_id, username, first_name, last_name, language_code)
    VALUES (
        p_telegram_id, nullif(ltrim(p_username, '@'), ''), nullif(p_first_name, ''),
        nullif(p_last_name, ''), nullif(p_language_code, '')
    )
    ON CONFLICT (telegram_id) DO NOTHING
    RETURNING id INTO v_id;
    IF FOUND THEN
        INSERT INTO persona.user_settings (user_id) VALUES (v_id);
        RETURN v_id;
    END IF;
    -- A twin was faster, and has committed by now.
    SELECT u.id
    INTO STRICT v_id
    FROM persona.users AS u
    WHERE u.telegram_id = p_telegram_id;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION persona.register_user(bigint, text, text, text, text) IS
'The id of the person with this telegram id, who is registered with settings of their own if new;
what is known of an old one stays as it is. Runs before there is an identity, so it tells nothing but
the id. A name that is empty is none, and an @ before the username is left out.
@nonnull';

ALTER FUNCTION persona.register_user(bigint, text, text, text, text) OWNER TO persona_definer;
GRANT EXECUTE ON FUNCTION persona.register_user(bigint, text, text, text, text)
TO persona_app, persona_worker;
