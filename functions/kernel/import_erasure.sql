CREATE OR REPLACE FUNCTION kernel.import_erasure(p_entry jsonb)
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_entry kernel.erasure_ledger;
    v_known bytea;
    v_head record;
BEGIN
    v_entry.seq := (p_entry ->> 'seq')::bigint;
    v_entry.app := p_entry ->> 'app';
    v_entry.pseudonym := decode(p_entry ->> 'pseudonym', 'hex');
    v_entry.key_id := p_entry ->> 'key_id';
    v_entry.act := (p_entry ->> 'act')::uuid;
    v_entry.erased_at := (p_entry ->> 'erased_at')::timestamptz;
    v_entry.previous := decode(p_entry ->> 'previous', 'hex');
    v_entry.hash := decode(p_entry ->> 'hash', 'hex');
    SELECT l.hash INTO v_known FROM kernel.erasure_ledger AS l WHERE l.seq = v_entry.seq;
    IF v_known = v_entry.hash THEN
        RETURN false;
    END IF;
    v_head := kernel.erasure_ledger_head();
    IF v_known IS NOT NULL
        OR (v_head.seq + 1, v_head.hash) IS DISTINCT FROM (v_entry.seq, v_entry.previous)
        OR kernel.ledger_link(
            v_entry.previous, v_entry.seq, v_entry.app, v_entry.pseudonym, v_entry.key_id,
            v_entry.act, v_entry.erased_at
        ) IS DISTINCT FROM v_entry.hash
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR101',
            MESSAGE = 'the ledger is not the one of this database',
            DETAIL = format(
                'Entry %s does not continue entry %s of this copy.',
                coalesce(v_entry.seq::text, 'without a number'), v_head.seq
            ),
            HINT = 'Take the ledger that was exported from the database that the copy is of.';
    END IF;
    INSERT INTO kernel.erasure_ledger SELECT (v_entry).*;
    RETURN true;
END;
$$;

COMMENT ON FUNCTION kernel.import_erasure(jsonb) IS
'Takes an entry of an exported ledger over, as it is, after the newest one: true, or false where it is
there. A part of kernel.replay_erasures(). Raises KR101 UnfitLedger.';
