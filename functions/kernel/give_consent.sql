CREATE OR REPLACE FUNCTION kernel.give_consent(
    p_purpose text,
    p_version integer,
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
    v_wording CONSTANT kernel.consent_text
        := kernel.require_wording(v_person.app, p_purpose, p_version);
    v_newest record;
BEGIN
    PERFORM kernel.lock_consent(v_person.app, v_person.subject);
    SELECT e.granted, e.version
    INTO v_newest
    FROM kernel.consent_event AS e
    WHERE e.app = v_person.app AND e.subject = v_person.subject AND e.purpose = p_purpose
    ORDER BY e.id DESC
    LIMIT 1;
    IF v_newest.granted AND v_newest.version = p_version THEN
        RETURN false;
    END IF;
    PERFORM kernel.add_consent_event(
        v_person.app, v_person.subject, v_wording, true, p_method, p_evidence
    );
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.give_consent(text, integer, text, jsonb) IS
'The person of this transaction agrees to a wording, the one that they were shown; false where they had
agreed to it already, and nothing is written. p_method: how they said it, as a name. p_evidence: a
flat object without personal data.
Raises KR001 MissingIdentity, KR041 InvalidHold, KR104 PersonErased, KR131
UnknownWording, KR132 WordingSuperseded, KR133 UnfitConsent, insufficient_privilege.
@nonnull';

ALTER FUNCTION kernel.give_consent(text, integer, text, jsonb) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.give_consent(text, integer, text, jsonb) TO strongroom_client;
