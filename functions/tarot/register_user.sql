CREATE OR REPLACE FUNCTION tarot.register_user(p_telegram_id bigint, p_username text)
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
    -- An erased person keeps minus the id as telegram id, and group chats have such numbers.
    SELECT u.id
    INTO v_id
    FROM tarot.users AS u
    WHERE u.telegram_id = p_telegram_id AND u.erased_at IS NULL;
    IF FOUND THEN
        RETURN v_id;
    END IF;
    INSERT INTO tarot.users (telegram_id, username)
    VALUES (p_telegram_id, p_username)
    ON CONFLICT (telegram_id) DO NOTHING
    RETURNING id INTO v_id;
    IF FOUND THEN
        INSERT INTO tarot.credits (user_id) VALUES (v_id);
        RETURN v_id;
    END IF;
    -- A twin was faster, and has committed by now.
    SELECT u.id
    INTO STRICT v_id
    FROM tarot.users AS u
    WHERE u.telegram_id = p_telegram_id AND u.erased_at IS NULL;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION tarot.register_user(bigint, text) IS
'The id of the person with this telegram id, who is registered with an empty account if new; what is
known of an old one stays as it is. Runs before there is an identity, so it tells nothing but the
id. A number that is not positive is nobody''s, and refused.
@nonnull';

ALTER FUNCTION tarot.register_user(bigint, text) OWNER TO tarot_definer;
GRANT EXECUTE ON FUNCTION tarot.register_user(bigint, text) TO tarot_app, tarot_worker;
