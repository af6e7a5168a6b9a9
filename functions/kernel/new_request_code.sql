CREATE OR REPLACE FUNCTION kernel.new_request_code()
RETURNS text
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- No I, L, O and U: people read it from one screen and type it on another.
    c_letters CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
    v_bytes CONSTANT bytea := sha256(
        uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    );
BEGIN
    RETURN (
        SELECT string_agg(
            substr(c_letters, (get_byte(v_bytes, n) & 31) + 1, 1)
            || CASE WHEN n IN (3, 7, 11) THEN '-' ELSE '' END,
            '' ORDER BY n
        )
        FROM generate_series(0, 15) AS n
    );
END;
$$;

COMMENT ON FUNCTION kernel.new_request_code() IS
'A code of 80 random bits, as four groups of four letters and digits.';

GRANT EXECUTE ON FUNCTION kernel.new_request_code() TO strongroom_definer;
