CREATE OR REPLACE FUNCTION kernel.withdraw_consents(p_app text, p_subject text, p_method text)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_subject CONSTANT text := kernel.canonical_subject(p_app, p_subject);
    v_wording kernel.consent_text;
    v_count integer := 0;
BEGIN
    PERFORM kernel.lock_consent(p_app, v_subject);
    FOR v_wording IN
        SELECT t.*
        FROM (
            SELECT DISTINCT ON (e.purpose) e.purpose, e.version, e.granted
            FROM kernel.consent_event AS e
            WHERE e.app = p_app AND e.subject = v_subject
            ORDER BY e.purpose, e.id DESC
        ) AS newest
        JOIN kernel.consent_text AS t
            ON t.app = p_app AND t.purpose = newest.purpose AND t.version = newest.version
        WHERE newest.granted
    LOOP
        PERFORM kernel.add_consent_event(p_app, v_subject, v_wording, false, p_method, '{}');
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.withdraw_consents(text, text, text) IS
'Takes back all that a person (app, user id) agreed to, where not the person says so but the rules, as
when their time is over; how many purposes. p_method: the rule, as a name.
Raises KR041 InvalidHold, KR104 PersonErased, KR133 UnfitConsent.
@nonnull';

GRANT EXECUTE ON FUNCTION kernel.withdraw_consents(text, text, text) TO strongroom_runner;
