CREATE OR REPLACE FUNCTION persona.is_free_of_secrets(p_config jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    -- max_tokens is a limit and no secret; access_token is one.
    c_name CONSTANT text := '(api[-_]?key|^key$|[-_]key$|secret|passw|credential|authorization'
        '|bearer|^token$|(access|auth|iam|oauth|refresh|api|bot)[-_]?token)';
    c_value CONSTANT text := '(\msk-[\w-]{16,}|\mAQVN[\w-]{20,}|\mt1\.[\w.-]{20,}|bearer\s+\S{16,})';
    v_node jsonb;
BEGIN
    FOR v_node IN SELECT n.node FROM jsonb_path_query(p_config, 'strict $.**') AS n (node) LOOP
        IF jsonb_typeof(v_node) = 'object'
            AND EXISTS (SELECT FROM jsonb_object_keys(v_node) AS k (name) WHERE k.name ~* c_name)
            OR jsonb_typeof(v_node) = 'string' AND v_node #>> '{}' ~* c_value
        THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END;
$$;

COMMENT ON FUNCTION persona.is_free_of_secrets(jsonb) IS
'Whether a document has no member that is called as a key, token or password is, and no value that
looks as the keys of the vendors do, however deep. It catches carelessness, not intent.';

GRANT EXECUTE ON FUNCTION persona.is_free_of_secrets(jsonb) TO persona_definer;
