CREATE OR REPLACE FUNCTION kernel.readable_json(p_value json)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN p_value::jsonb;
EXCEPTION
    WHEN data_exception THEN
        RETURN to_jsonb(p_value::text);
END;
$$;

COMMENT ON FUNCTION kernel.readable_json(json) IS
'A document as jsonb, or, where it holds what jsonb does not take (the character 0, half a character,
a number without measure), its text as a string: export and erasure stop at nobody''s document, and
no error shows it.';

GRANT EXECUTE ON FUNCTION kernel.readable_json(json) TO strongroom_runner, strongroom_definer;
