CREATE OR REPLACE FUNCTION kernel.require_wording(
    p_app text,
    p_purpose text,
    p_version integer
)
RETURNS kernel.consent_text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_wording kernel.consent_text;
BEGIN
    SELECT t.*
    INTO v_wording
    FROM kernel.consent_text AS t
    WHERE t.app = p_app AND t.purpose = p_purpose AND t.version = p_version;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR131',
            MESSAGE = 'app and purpose have no wording of this version',
            DETAIL = format(
                'App %I, purpose %s, version %s.',
                p_app, coalesce(quote_literal(p_purpose), 'NULL'), coalesce(p_version::text, 'NULL')
            ),
            HINT = 'Take purpose and version from kernel.current_consent_text.';
    END IF;
    -- Agreed to, it would not count.
    IF EXISTS (
        SELECT
        FROM kernel.consent_text AS t
        WHERE t.app = p_app
          AND t.purpose = p_purpose
          AND t.language = v_wording.language
          AND t.version > p_version
          AND t.is_material
    )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR132',
            MESSAGE = format('version %s of the wording is out of date', p_version),
            DETAIL = 'A newer one says something else.',
            HINT = 'Show the newest wording of kernel.current_consent_text, and ask again.';
    END IF;
    RETURN v_wording;
END;
$$;

COMMENT ON FUNCTION kernel.require_wording(text, text, integer) IS
'A wording that can be agreed to now. Raises KR131 UnknownWording, KR132 WordingSuperseded.';

GRANT EXECUTE ON FUNCTION kernel.require_wording(text, text, integer) TO strongroom_definer;
