CREATE OR REPLACE FUNCTION kernel.next_erasure_step(p_id uuid)
RETURNS kernel.erasure_step
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.*
    FROM kernel.erasure_step AS s
    WHERE s.request_id = p_id AND s.state = 'waiting'
    -- A table that came later has a later number; its rows still go before the rest.
    ORDER BY
        array_position(
            ARRAY[
                'tokens', 'cut', 'rows', 'counters', 'audit', 'keys', 'consents', 'views',
                'statistics', 'scan', 'forget', 'vacuum'
            ],
            s.kind
        ),
        s.id
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.next_erasure_step(uuid) IS
'The step of an erasure that is next; NULL where all are done or held.';
