-- People for the tests of this app: pg_temp.id(n) is the id of the nth, pg_temp.person(n) makes the
-- account, pg_temp.consent(n, purpose) has them agree, and pg_temp.profile(n, ...) makes one who can
-- be found.
SELECT set_config('kernel.app', 'saltbitter', true);

CREATE FUNCTION pg_temp.id(p_n integer) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT format('00000000-0000-4000-8000-%s', lpad(p_n::text, 12, '0'))::uuid $$;

CREATE FUNCTION pg_temp.person(p_n integer) RETURNS uuid LANGUAGE sql
AS $$
INSERT INTO saltbitter.users (id, email, password_hash)
VALUES (pg_temp.id(p_n), format('person%s@example.org', p_n), '$2b$12$' || repeat('a', 53))
RETURNING id
$$;

CREATE FUNCTION pg_temp.consent(p_n integer, p_purpose text) RETURNS void LANGUAGE sql
AS $$
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
VALUES ('saltbitter', pg_temp.id(p_n)::text, p_purpose, 1, 'en', true, 'person', 'checkbox')
$$;

CREATE FUNCTION pg_temp.profile(
    p_n integer, p_gender text, p_wish text, p_latitude double precision, p_longitude double precision
)
RETURNS uuid LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM pg_temp.person(p_n);
    PERFORM pg_temp.consent(p_n, 'orientation');
    INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender, looking_for_gender, location)
    VALUES (
        pg_temp.id(p_n), format('Person %s', p_n), '1990-05-17', p_gender, p_wish,
        extensions.st_setsrid(extensions.st_makepoint(p_longitude, p_latitude), 4326)::extensions.geography
    );
    RETURN pg_temp.id(p_n);
END;
$$;
