CREATE OR REPLACE FUNCTION kernel.fitting_values(p_values jsonb)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- As it is in memory: what is stored may be compressed.
    IF pg_column_size(p_values || '[]') <= 32 * 1024 * 1024 THEN
        RETURN p_values;
    END IF;
    RETURN (
        SELECT jsonb_agg(
            CASE
                WHEN pg_column_size(e.value) <= 16 * 1024 THEN e.value
                ELSE '"(too long for the audit log)"'
            END
            ORDER BY e.position
        )
        FROM jsonb_array_elements(p_values) WITH ORDINALITY AS e (value, position)
    );
END;
$$;

COMMENT ON FUNCTION kernel.fitting_values(jsonb) IS
'The values of an entry of the audit log (a JSON array) as they can be sealed: of more than 32 MB, each
value of more than 16 kB is told as too long. Escaped twice, they would exceed what a text can hold,
and no batch could be sealed any more.';
