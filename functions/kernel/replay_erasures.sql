CREATE OR REPLACE FUNCTION kernel.replay_erasures(p_entries jsonb)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_entry jsonb;
    v_opened bigint := 0;
BEGIN
    IF kernel.gate_problem() IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR102',
            MESSAGE = 'nothing is replayed in a database that is open',
            DETAIL = 'Its own ledger says who was erased from it.',
            HINT = 'If it is a copy, kernel.close_gate() first.';
    END IF;
    LOCK TABLE kernel.erasure_ledger IN SHARE ROW EXCLUSIVE MODE;
    FOR v_entry IN
        SELECT e.entry
        FROM jsonb_array_elements(p_entries) WITH ORDINALITY AS e (entry, position)
        ORDER BY e.position
    LOOP
        CONTINUE WHEN NOT kernel.import_erasure(v_entry) OR v_entry ->> 'subject' IS NULL;
        INSERT INTO kernel.replayed_erasure (seq, request_id)
        SELECT
            (v_entry ->> 'seq')::bigint,
            kernel.open_request(
                v_entry ->> 'app', v_entry ->> 'subject', 'erasure', 'gdpr', 'replay'
            );
        v_opened := v_opened + 1;
    END LOOP;
    RETURN v_opened;
END;
$$;

COMMENT ON FUNCTION kernel.replay_erasures(jsonb) IS
'Takes entries of an exported ledger into this copy, in their order and after its own newest one, and
opens an approved request for each whose person is here; how many. What is there already is passed
over, so an interrupted replay goes on by being called again.
p_entries: a list of objects with seq, app, pseudonym, key_id, act, erased_at, previous and hash as
kernel.erasure_ledger has them (bytes in hexadecimal), and subject: the user id, where the client
found one that has this pseudonym.
Raises KR101 UnfitLedger, KR102 GateOpen, KR041 InvalidHold for an id that can''t be one.';

GRANT EXECUTE ON FUNCTION kernel.replay_erasures(jsonb) TO strongroom_runner;
