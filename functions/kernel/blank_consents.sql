CREATE OR REPLACE FUNCTION kernel.blank_consents(p_app text, p_subject text)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
BEGIN
    -- A worker's actor may be the person by name.
    UPDATE kernel.consent_event AS e
    SET evidence = '{}', actor = CASE e.actor WHEN 'person' THEN e.actor ELSE 'worker' END
    WHERE e.app = p_app
      AND e.subject = p_subject
      AND (e.evidence <> '{}' OR e.actor NOT IN ('person', 'worker'));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.blank_consents(text, text) IS
'A step of an erasure: takes from what a person agreed to all but wording, time and way; in how
many events. kernel.forget_consents() then takes away whose they are.';
