DO $do$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::integer >= 180000 THEN
        CREATE OR REPLACE FUNCTION kernel.uuid_v7()
        RETURNS uuid
        LANGUAGE sql
        VOLATILE
        PARALLEL SAFE
        RETURN pg_catalog.uuidv7();
    ELSE
        CREATE OR REPLACE FUNCTION kernel.uuid_v7()
        RETURNS uuid
        LANGUAGE plpgsql
        VOLATILE
        PARALLEL SAFE
        AS $$
        DECLARE
            v_at CONSTANT timestamptz := pg_catalog.clock_timestamp();
        BEGIN
            -- The next call must not see the same microsecond: chance would order the two.
            LOOP
                EXIT WHEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.<>) v_at;
            END LOOP;
            RETURN kernel.uuid_v7_at(v_at);
        END;
        $$;
    END IF;
END;
$do$;

COMMENT ON FUNCTION kernel.uuid_v7() IS
'A new version 7 uuid: time-ordered, within one session strictly. Shows when it was made, so
strangers who must not learn that get gen_random_uuid().';

GRANT EXECUTE ON FUNCTION kernel.uuid_v7() TO strongroom_client;
