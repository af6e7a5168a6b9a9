CREATE OR REPLACE FUNCTION kernel.make_masking_key(p_app text, p_again boolean DEFAULT false)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key bytea := ''::bytea;
BEGIN
    -- Four digests of 32 bytes, each of three random UUIDs: PostgreSQL has no other strong source
    -- without an extension.
    FOR v_part IN 1 .. 4 LOOP
        v_key := v_key || sha256(
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
            || uuid_send(gen_random_uuid())
        );
    END LOOP;
    INSERT INTO kernel.masking_key AS k (app, inner_key, outer_key)
    VALUES (p_app, substring(v_key FOR 64), substring(v_key FROM 65))
    ON CONFLICT (app) DO UPDATE
    SET inner_key = EXCLUDED.inner_key,
        outer_key = EXCLUDED.outer_key,
        version = k.version + 1,
        made_at = EXCLUDED.made_at
    WHERE p_again;
END;
$$;

COMMENT ON FUNCTION kernel.make_masking_key(text, boolean) IS
'Gives an app the key of its pseudonyms, where it has none, or another one (p_again).';
