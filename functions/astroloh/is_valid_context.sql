CREATE OR REPLACE FUNCTION astroloh.is_valid_context(p_context jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
BEGIN
    IF pg_catalog.jsonb_typeof(p_context) IS DISTINCT FROM 'object' THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT
        FROM pg_catalog.jsonb_each(p_context) AS part (name, value)
        WHERE CASE
            WHEN part.name = 'turn'
                THEN part.value <> 'null' AND part.value::text !~ '^[0-9]{1,5}$'
            WHEN part.name IN ('intent', 'awaiting', 'topic', 'period')
                THEN part.value <> 'null' AND part.value::text !~ '^"[a-z][a-z0-9_]{0,49}"$'
            ELSE true
        END
    );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_context(jsonb) IS
'Whether a document is the context of a dialog: an object with nothing but intent, awaiting, topic
and period, each a word of the program of at most 50 letters, and turn, a number up to 99999. So
it is bounded, and has no room for what a person said. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_context(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;
