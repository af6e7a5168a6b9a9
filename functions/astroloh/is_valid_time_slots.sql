CREATE OR REPLACE FUNCTION astroloh.is_valid_time_slots(p_slots jsonb)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    c_time CONSTANT text := '^"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"$';
BEGIN
    IF pg_catalog.jsonb_typeof(p_slots) IS DISTINCT FROM 'array' THEN
        RETURN false;
    END IF;
    RETURN pg_catalog.jsonb_array_length(p_slots) <= 24
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.jsonb_array_elements(p_slots) AS slot (value)
            WHERE CASE pg_catalog.jsonb_typeof(slot.value)
                WHEN 'object' THEN
                    slot.value - ARRAY['start', 'end'] <> '{}'
                    OR coalesce((slot.value -> 'start')::text !~ c_time, true)
                    OR coalesce((slot.value -> 'end')::text !~ c_time, true)
                    OR slot.value -> 'start' = slot.value -> 'end'
                ELSE true
            END
        );
END;
$$;

COMMENT ON FUNCTION astroloh.is_valid_time_slots(jsonb) IS
'Whether a document is a list of spans of the day: at most 24 objects of start and end, each a time
as 09:00, and not the same. Never NULL.';

GRANT EXECUTE ON FUNCTION astroloh.is_valid_time_slots(jsonb)
TO astroloh_app, astroloh_worker, astroloh_definer;
