CREATE OR REPLACE FUNCTION chatsphere.clean_object(p_object jsonb)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    c_secret CONSTANT text := '(password|passwd|secret|token|api_?key|authorization|cookie)';
BEGIN
    IF pg_catalog.jsonb_typeof(p_object) = 'object' THEN
        RETURN (
            SELECT coalesce(
                pg_catalog.jsonb_object_agg(
                    e.key,
                    CASE
                        WHEN e.key ~* c_secret THEN pg_catalog.to_jsonb('[removed]'::text)
                        ELSE chatsphere.clean_object(e.value)
                    END
                ),
                '{}'
            )
            FROM pg_catalog.jsonb_each(p_object) AS e
        );
    ELSIF pg_catalog.jsonb_typeof(p_object) = 'array' THEN
        RETURN (
            SELECT coalesce(
                pg_catalog.jsonb_agg(chatsphere.clean_object(e.value) ORDER BY e.place), '[]'
            )
            FROM pg_catalog.jsonb_array_elements(p_object) WITH ORDINALITY AS e (value, place)
        );
    ELSIF pg_catalog.jsonb_typeof(p_object) = 'string' THEN
        RETURN pg_catalog.to_jsonb(chatsphere.clean_text(p_object #>> '{}'));
    END IF;
    RETURN p_object;
END;
$$;

COMMENT ON FUNCTION chatsphere.clean_object(jsonb) IS
'The same object with its texts cleaned by chatsphere.clean_text(), and without the values of names
that are those of secrets, at any depth.';

GRANT EXECUTE ON FUNCTION chatsphere.clean_object(jsonb) TO chatsphere_definer;
