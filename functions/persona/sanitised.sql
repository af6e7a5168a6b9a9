CREATE OR REPLACE FUNCTION persona.sanitised(p_payload jsonb)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What a request says of the person or of us, and no model answers to.
    c_dropped CONSTANT text := '^(user|name|((tele|end)[-_]?)?(gram|user|chat|from|sender)[-_]?id'
        '|(user|first|last|full|middle|display|sur)[-_]?name|phone([-_]?number)?|e[-_]?mail|address'
        '|birth.*|passport.*|.*(api[-_]?key|secret|passw|credential|authorization|bearer).*|key'
        '|.*[-_]key|token|.*(access|auth|iam|oauth|refresh|bot)[-_]?token)$';
BEGIN
    RETURN CASE jsonb_typeof(p_payload)
        WHEN 'object' THEN (
            SELECT coalesce(
                jsonb_object_agg(
                    persona.sanitised_text(m.name), persona.sanitised(m.value) ORDER BY m.name
                ),
                '{}'
            )
            FROM jsonb_each(p_payload) AS m (name, value)
            WHERE m.name !~* c_dropped
              AND persona.sanitised_text(m.name) !~* c_dropped
        )
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(persona.sanitised(e.value) ORDER BY e.place), '[]')
            FROM jsonb_array_elements(p_payload) WITH ORDINALITY AS e (value, place)
        )
        WHEN 'string' THEN to_jsonb(persona.sanitised_text(p_payload #>> '{}'))
        -- Numbers stay: models give counts and moments as such, and people's numbers have names.
        ELSE p_payload
    END;
END;
$$;

COMMENT ON FUNCTION persona.sanitised(jsonb) IS
'A payload without members that say who the person is or hold a secret (user, telegram_id,
first_name, phone, api_key and their like, however deep), and with its texts as
persona.sanitised_text() makes them. Applied again it changes nothing.';

GRANT EXECUTE ON FUNCTION persona.sanitised(jsonb) TO persona_definer;
