CREATE OR REPLACE FUNCTION chatsphere.new_secret()
RETURNS text
LANGUAGE sql
VOLATILE
PARALLEL SAFE
RETURN pg_catalog.translate(
    pg_catalog.encode(
        pg_catalog.uuid_send(pg_catalog.gen_random_uuid())
        || pg_catalog.uuid_send(pg_catalog.gen_random_uuid()),
        'base64'
    ),
    '+/=', '-_'
);

COMMENT ON FUNCTION chatsphere.new_secret() IS
'Two random uuids in 43 letters of base64url: 244 bits that nobody guesses.';

GRANT EXECUTE ON FUNCTION chatsphere.new_secret() TO chatsphere_definer;
