CREATE OR REPLACE FUNCTION kernel.failed_check(p_name text, p_state text, p_message text)
RETURNS kernel.finding
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ROW(
        'failed_check',
        'A check could not be run',
        CASE p_state WHEN '42501' THEN 'INFO' ELSE 'WARN' END,
        'INTERNAL',
        ARRAY['SERVER'],
        'Nothing is known of what this check looks for; the other checks are not concerned.',
        format(
            'Check %s could not be run: %s (%s).', p_name,
            CASE
                -- Those of rights and definitions name objects; others may quote what is in a row.
                WHEN left(p_state, 2) IN ('0A', '25', '42', '55') THEN p_message
                ELSE 'it raised an error'
            END,
            p_state
        ),
        CASE p_state
            WHEN '42501' THEN
                'Run the checks as strongroom_runner, or as a role that holds pg_monitor;'
                ' docs/kernel/health.md says what each of them sees.'
            WHEN '55P03' THEN
                'Something holds a lock on what it reads, be it a migration: ask again later, and'
                ' see the check blocked_session.'
            ELSE 'Mend the view of the check: SELECT from it shows the error.'
        END,
        jsonb_build_object('failed', p_name, 'sqlstate', p_state),
        'failed_check:' || p_name
    )::kernel.finding
$$;

COMMENT ON FUNCTION kernel.failed_check(text, text, text) IS
'The finding that stands for a check that can''t be asked: an INFO where this role lacks a right,
else a WARN. It has the SQLSTATE, and the message only where that can not hold a value of a row.';

GRANT EXECUTE ON FUNCTION kernel.failed_check(text, text, text) TO strongroom_runner, pg_monitor;
