CREATE OR REPLACE FUNCTION kernel.publish_consent_text(
    p_app text,
    p_purpose text,
    p_language text,
    p_body text,
    p_is_material boolean DEFAULT true
)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- Of the caller, also inside a definer function.
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_newest record;
    v_version integer;
BEGIN
    PERFORM kernel.require_app(p_app);
    IF NOT pg_has_role(v_role, 'strongroom_owner', 'USAGE')
        AND NOT coalesce(
            pg_has_role(v_role, to_regrole(quote_ident(p_app || '_worker')), 'USAGE'), false
        )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR134',
            MESSAGE = format('role %I publishes nothing for app %I', v_role, p_app),
            HINT = 'Publish in a migration, or as the worker of the app.';
    END IF;
    PERFORM pg_advisory_xact_lock(
        kernel.lock_space('consent'), hashtext(concat_ws(' ', p_app, p_purpose))
    );
    SELECT t.version, t.body
    INTO v_newest
    FROM kernel.consent_text AS t
    WHERE t.app = p_app AND t.purpose = p_purpose AND t.language = p_language
    ORDER BY t.version DESC
    LIMIT 1;
    IF v_newest.body = p_body THEN
        RETURN v_newest.version;
    END IF;

    INSERT INTO kernel.consent_text AS n (app, purpose, version, language, body, is_material)
    SELECT
        p_app, p_purpose, coalesce(max(t.version), 0) + 1, p_language, p_body, p_is_material
    FROM kernel.consent_text AS t
    WHERE t.app = p_app AND t.purpose = p_purpose
    RETURNING n.version INTO v_version;
    RETURN v_version;
EXCEPTION
    WHEN check_violation OR not_null_violation THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR133',
            MESSAGE = 'this is no wording that can be agreed to',
            DETAIL = 'It has a purpose as a_name, a language as en or pt-BR, and 1 to 100,000'
                ' characters, and says whether it is material.',
            HINT = 'Pass all of them.';
END;
$$;

COMMENT ON FUNCTION kernel.publish_consent_text(text, text, text, text, boolean) IS
'Publishes a wording that people may agree to; its version. The newest one of its language again: its
version, and nothing new, so that a migration may be repeated. p_is_material: false where
who agreed to an earlier wording needs not be asked again. For the owner, and the worker of the app.
Raises KR110 UnknownApp, KR133 UnfitConsent, KR134 NotPublisher.
@nonnull';

ALTER FUNCTION kernel.publish_consent_text(text, text, text, text, boolean)
OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.publish_consent_text(text, text, text, text, boolean)
TO strongroom_client;
