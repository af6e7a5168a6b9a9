CREATE OR REPLACE FUNCTION kernel.has_consent(p_purpose text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_app CONSTANT text := nullif(current_setting('kernel.app', true), '');
    -- Of the caller, also inside a definer function.
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_user CONSTANT text := nullif(current_setting('kernel.user_id', true), '');
    v_written text;
BEGIN
    IF pg_has_role(v_role, to_regrole(quote_ident(v_app || '_app')), 'USAGE')
        OR pg_has_role(v_role, to_regrole(quote_ident(v_app || '_worker')), 'USAGE')
    THEN
        IF kernel.subject_has_consent(v_app, v_user, p_purpose) THEN
            RETURN true;
        END IF;
        -- It is kept under the id as the tables write it.
        v_written := kernel.written_subject(v_app, v_user);
        RETURN v_written <> v_user AND kernel.subject_has_consent(v_app, v_written, p_purpose);
    END IF;
    RETURN false;
END;
$$;

COMMENT ON FUNCTION kernel.has_consent(text) IS
'Whether the person of this transaction has agreed to the use of their data for this purpose, has not
withdrawn it, and no newer wording in the same language says something else. False
for nobody, for roles that don''t serve the app, and for what was never asked. Policies write it as (SELECT kernel.has_consent(...)).
@nonnull';

ALTER FUNCTION kernel.has_consent(text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.has_consent(text) TO strongroom_client;
