CREATE OR REPLACE FUNCTION kernel.fitting_values(p_values jsonb)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- As it is in memory: what is stored may be compressed.
    c_size CONSTANT integer := pg_column_size(p_values || '[]');
BEGIN
    -- A number of 16 bytes may be one of 131,072 digits, so that even these are 134 MB at most.
    IF c_size <= 16 * 1024 THEN
        RETURN p_values;
    END IF;
    BEGIN
        IF c_size <= 32 * 1024 * 1024 AND octet_length(p_values::text) <= 240 * 1024 * 1024 THEN
            RETURN p_values;
        END IF;
    EXCEPTION
        WHEN program_limit_exceeded THEN
            -- No text can hold it.
            NULL;
    END;
    RETURN (
        SELECT jsonb_agg(
            CASE
                WHEN pg_column_size(e.value) > 16 * 1024
                    THEN '"(too long for the audit log)"'
                WHEN octet_length(e.value::text) > 100 * 1024
                    THEN '"(too long for the audit log)"'
                ELSE e.value
            END
            ORDER BY e.position
        )
        FROM jsonb_array_elements(p_values) WITH ORDINALITY AS e (value, position)
    );
END;
$$;

COMMENT ON FUNCTION kernel.fitting_values(jsonb) IS
'The values of an entry of the audit log (a JSON array) as they can be sealed: of more than 32 MB, or
240 MB as text (numbers of many digits), each value of more than 16 kB, or 100 kB as text, is told as
too long. Escaped twice, they would exceed what a text can hold, and no batch could be sealed any more.';
