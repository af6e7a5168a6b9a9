CREATE OR REPLACE FUNCTION kernel.subject_has_consent(p_app text, p_subject text, p_purpose text)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(
        (
            SELECT e.granted AND NOT EXISTS (
                SELECT
                FROM kernel.consent_text AS t
                WHERE t.app = p_app
                  AND t.purpose = p_purpose
                  AND t.language = e.language
                  AND t.version > e.version
                  AND t.is_material
            )
            FROM kernel.consent_event AS e
            WHERE e.app = p_app AND e.subject = p_subject AND e.purpose = p_purpose
            ORDER BY e.id DESC
            LIMIT 1
        ),
        false
    );
END;
$$;

COMMENT ON FUNCTION kernel.subject_has_consent(text, text, text) IS
'Whether a person has agreed to a purpose, as kernel.has_consent() says of the one of this transaction.
Sees what its caller may: a role for requests of people only its own person, the worker and the
definer functions of an app everybody in that app, where the transaction is of that app. False for
whoever is not seen.
@nonnull';

GRANT EXECUTE ON FUNCTION kernel.subject_has_consent(text, text, text)
TO strongroom_client, strongroom_definer, strongroom_runner;
