CREATE OR REPLACE FUNCTION astroloh.enforce_data_retention()
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_limit CONSTANT integer := 500;
    v_user uuid;
    v_count integer := 0;
BEGIN
    PERFORM astroloh.keep_returned();
    FOR v_user IN
        SELECT u.id
        FROM astroloh.users AS u
        WHERE (u.last_accessed AT TIME ZONE 'UTC')::date + u.data_retention_days
            < (now() AT TIME ZONE 'UTC')::date
          -- Whom staff decided to keep is looked at again after a quarter.
          AND NOT EXISTS (
              SELECT
              FROM kernel.subject_request AS r
              WHERE r.app = 'astroloh'
                AND r.subject = u.id::text
                AND r.kind = 'erasure'
                AND (
                    r.state NOT IN ('done', 'refused')
                    OR r.origin = 'retention' AND r.requested_at > now() - interval '90 days'
                )
          )
        ORDER BY (u.last_accessed AT TIME ZONE 'UTC')::date + u.data_retention_days
        LIMIT c_limit
        FOR NO KEY UPDATE OF u SKIP LOCKED
    LOOP
        -- Another review may have had this person since this one began to look.
        CONTINUE WHEN EXISTS (
            SELECT
            FROM kernel.subject_request AS r
            WHERE r.app = 'astroloh'
              AND r.subject = v_user::text
              AND r.kind = 'erasure'
              AND r.state NOT IN ('done', 'refused')
        );
        UPDATE astroloh.users AS u SET data_consent = false WHERE u.id = v_user AND u.data_consent;
        PERFORM kernel.withdraw_consents('astroloh', v_user::text, 'retention');
        PERFORM kernel.open_request('astroloh', v_user::text, 'erasure', 'gdpr', 'retention');
        v_count := v_count + 1;
    END LOOP;
    IF v_count > 0 THEN
        INSERT INTO astroloh.security_logs (event_type, description, success)
        VALUES (
            'data_retention', format('%s people whose time was over went to review', v_count), true
        );
    END IF;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION astroloh.enforce_data_retention() IS
'Opens an erasure for each of a batch of people who have not been here for longer than they wanted
to be known, and takes back their consent, so that nothing is processed meanwhile. Staff approves,
and then they are erased. Writes an event of security with their number, and returns it; 0 when
nobody is due. Who has an open request is not taken again, and who comes back before staff approves it
is taken off; whom staff refused to erase, after 90 days.
@nonnull';

GRANT EXECUTE ON FUNCTION astroloh.enforce_data_retention() TO strongroom_runner;
