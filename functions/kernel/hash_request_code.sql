CREATE OR REPLACE FUNCTION kernel.hash_request_code(p_salt bytea, p_code text)
RETURNS bytea
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN sha256(
        p_salt || convert_to(
            translate(upper(p_code COLLATE "C"), 'OIL -' || E'\t\r\n', '011'), 'UTF8'
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.hash_request_code(bytea, text) IS
'SHA-256 of salt and code; the code as people type it, with or without dashes, small or capital, O
for 0 and I or L for 1.';

GRANT EXECUTE ON FUNCTION kernel.hash_request_code(bytea, text) TO strongroom_definer;
