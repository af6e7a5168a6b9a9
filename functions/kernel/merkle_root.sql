CREATE OR REPLACE FUNCTION kernel.merkle_root(p_leaves bytea)
RETURNS bytea
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_level bytea := p_leaves;
    v_count integer := octet_length(p_leaves) / 32;
BEGIN
    WHILE v_count > 1 LOOP
        SELECT string_agg(
            CASE
                WHEN n = v_count - 1 THEN substring(v_level FROM n * 32 + 1 FOR 32)
                ELSE sha256(decode('01', 'hex') || substring(v_level FROM n * 32 + 1 FOR 64))
            END,
            ''::bytea ORDER BY n
        )
        INTO v_level
        FROM generate_series(0, v_count - 1, 2) AS n;
        v_count := (v_count + 1) / 2;
    END LOOP;
    RETURN v_level;
END;
$$;

COMMENT ON FUNCTION kernel.merkle_root(bytea) IS
'The root of the tree over leaves of 32 bytes each, one after the other, as RFC 6962 defines it: a
node is SHA-256 of 0x01 and its two children, and a last one without a neighbour moves up. NULL for
none.';

GRANT EXECUTE ON FUNCTION kernel.merkle_root(bytea) TO strongroom_definer;
