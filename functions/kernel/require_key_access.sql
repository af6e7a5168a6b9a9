CREATE OR REPLACE FUNCTION kernel.require_key_access(p_subject text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_app CONSTANT text := nullif(current_setting('kernel.app', true), '');
    v_user CONSTANT text := nullif(current_setting('kernel.user_id', true), '');
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_is_worker CONSTANT boolean
        := coalesce(pg_has_role(v_role, to_regrole(quote_ident(v_app || '_worker')), 'USAGE'), false);
    v_is_app CONSTANT boolean
        := coalesce(pg_has_role(v_role, to_regrole(quote_ident(v_app || '_app')), 'USAGE'), false);
BEGIN
    IF NOT (v_is_worker OR v_is_app AND (p_subject IS NULL OR p_subject = v_user)) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR083',
            MESSAGE = 'these keys are not for this transaction',
            DETAIL = CASE
                WHEN v_app IS NULL THEN 'Setting "kernel.app" does not say which app it acts for.'
                WHEN NOT v_is_app THEN 'Its role is neither the app''s nor the app''s worker.'
                ELSE 'A role of an app seals for the user of the transaction, and no other.'
            END,
            HINT = 'Call through a session of the app, for the person whose data it is.';
    END IF;
    -- No table of the app is touched here, whose policies would ask.
    PERFORM kernel.is_serving();
    RETURN v_app;
END;
$$;

COMMENT ON FUNCTION kernel.require_key_access(text) IS
'The app whose keys this transaction may have: for its worker all, for its app role those of the user
whom the transaction acts for, and the app''s own (p_subject NULL). Raises KR083 KeysNotYours, KR100
CopyNotOpen.';

GRANT EXECUTE ON FUNCTION kernel.require_key_access(text) TO strongroom_definer;
