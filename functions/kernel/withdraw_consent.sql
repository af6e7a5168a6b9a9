CREATE OR REPLACE FUNCTION kernel.withdraw_consent(
    p_purpose text,
    p_method text,
    p_evidence jsonb DEFAULT '{}'
)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_person CONSTANT record := kernel.request_identity();
    v_newest record;
    v_wording kernel.consent_text;
BEGIN
    PERFORM kernel.lock_consent(v_person.app, v_person.subject);
    SELECT e.granted, e.version
    INTO v_newest
    FROM kernel.consent_event AS e
    WHERE e.app = v_person.app AND e.subject = v_person.subject AND e.purpose = p_purpose
    ORDER BY e.id DESC
    LIMIT 1;
    IF FOUND THEN
        SELECT t.*
        INTO v_wording
        FROM kernel.consent_text AS t
        WHERE t.app = v_person.app AND t.purpose = p_purpose AND t.version = v_newest.version;
    ELSIF NOT EXISTS (
        SELECT FROM kernel.consent_text AS t WHERE t.app = v_person.app AND t.purpose = p_purpose
    )
    THEN
        -- Of a purpose that is misspelt, nothing would ever be withdrawn.
        PERFORM kernel.require_wording(v_person.app, p_purpose, NULL);
    END IF;
    IF NOT coalesce(v_newest.granted, false) THEN
        RETURN false;
    END IF;
    PERFORM kernel.add_consent_event(
        v_person.app, v_person.subject, v_wording, false, p_method, p_evidence
    );
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.withdraw_consent(text, text, jsonb) IS
'The person of this transaction takes back what they agreed to, whichever wording it was; false where
there is nothing to take back, and nothing is written. p_method and p_evidence as in
kernel.give_consent().
Raises KR001 MissingIdentity, KR041 InvalidHold, KR104 PersonErased, KR131
UnknownWording, KR133 UnfitConsent, insufficient_privilege.
@nonnull';

ALTER FUNCTION kernel.withdraw_consent(text, text, jsonb) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.withdraw_consent(text, text, jsonb) TO strongroom_client;
