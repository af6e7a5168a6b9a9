CREATE OR REPLACE FUNCTION astroloh.is_valid_interests(p_interests jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF pg_catalog.jsonb_typeof(p_interests) IS DISTINCT FROM 'object' THEN
        RETURN false;
    END IF;
    RETURN (
        SELECT
            pg_catalog.count(*) <= 50
            AND coalesce(
                pg_catalog.bool_and(
                    CASE pg_catalog.jsonb_typeof(part.weight)
                        WHEN 'number' THEN (part.weight #>> '{}')::numeric BETWEEN 0 AND 1
                        ELSE false
                    END
                    AND part.subject ~ '^[a-z][a-z0-9_]{0,49}$'
                ),
                true
            )
        FROM pg_catalog.jsonb_each(p_interests) AS part (subject, weight)
    );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_interests(jsonb) IS
'Whether a document holds interests: an object of at most 50 words of the program, each with a
number from 0 to 1. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_interests(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;
