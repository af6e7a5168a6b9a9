CREATE OR REPLACE FUNCTION kernel.json_shape(p_value jsonb)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE pg_catalog.jsonb_typeof(p_value)
    WHEN 'object' THEN (
        SELECT coalesce(
            pg_catalog.jsonb_object_agg(
                -- What does not look like the name of a field may be data.
                CASE WHEN f.name ~ '^[a-z_][a-z_]{0,40}$' THEN f.name ELSE '*' END,
                pg_catalog.jsonb_typeof(f.value)
            ),
            '{}'
        )
        FROM pg_catalog.jsonb_each(p_value) AS f (name, value)
    )
    ELSE pg_catalog.to_jsonb(pg_catalog.jsonb_typeof(p_value))
END;

COMMENT ON FUNCTION kernel.json_shape(jsonb) IS
'What JSON is made of, one level deep: the types of an object''s fields, or the type of what is none.
Names with other signs than small letters and underscores become *.';

GRANT EXECUTE ON FUNCTION kernel.json_shape(jsonb) TO strongroom_client;
