CREATE OR REPLACE FUNCTION kernel.add_consent_event(
    p_app text,
    p_subject text,
    p_wording kernel.consent_text,
    p_granted boolean,
    p_method text,
    p_evidence jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
BEGIN
    INSERT INTO kernel.consent_event (
        app, subject, purpose, version, language, granted, actor, method, evidence
    )
    VALUES (
        p_app, p_subject, p_wording.purpose, p_wording.version, p_wording.language, p_granted,
        CASE
            -- The actor of an app's transaction may be the person by name.
            WHEN pg_has_role(v_role, to_regrole(quote_ident(p_app || '_app')), 'USAGE') THEN 'person'
            ELSE left(
                coalesce(nullif(current_setting('kernel.actor', true), ''), v_role), 200
            )
        END,
        p_method, p_evidence
    );
    -- Now that the table is locked, so that an erasure that ended meanwhile is seen.
    PERFORM kernel.refuse_erased(p_app, p_subject);
EXCEPTION
    WHEN check_violation OR not_null_violation THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR133',
            MESSAGE = 'a consent can''t be written down so',
            DETAIL = 'The method is a_name of up to 63 letters, the evidence a flat JSON object of up'
                ' to 2000 bytes.',
            HINT = 'Pass how the person said it, as checkbox, and no personal data.';
END;
$$;

COMMENT ON FUNCTION kernel.add_consent_event(
    text, text, kernel.consent_text, boolean, text, jsonb
) IS
'Writes down what a person said on a wording. For use by what strongroom_definer owns, under
kernel.lock_consent(). Raises KR104 PersonErased, KR133 UnfitConsent.';

GRANT EXECUTE ON FUNCTION kernel.add_consent_event(
    text, text, kernel.consent_text, boolean, text, jsonb
) TO strongroom_definer;
