CREATE OR REPLACE FUNCTION kernel.pseudonym(
    p_inner bytea, p_outer bytea, p_label text, p_value text
)
RETURNS uuid
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN pg_catalog.encode(
    substring(
        pg_catalog.sha256(
            p_outer || pg_catalog.sha256(
                p_inner || pg_catalog.convert_to(p_label || p_value, 'UTF8')
            )
        )
        FOR 16
    ),
    'hex'
)::uuid;

COMMENT ON FUNCTION kernel.pseudonym(bytea, bytea, text, text) IS
'What stands for a value in masked views: HMAC-SHA256 with two keys of a block each, cut to 128 bits. The
label says what the value is, so that person 42 and order 42 have nothing in common. Whoever asks a
masked view runs this function, so it takes the key and does not look it up.';

GRANT EXECUTE ON FUNCTION kernel.pseudonym(bytea, bytea, text, text) TO strongroom_client;
