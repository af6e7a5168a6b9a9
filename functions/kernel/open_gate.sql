CREATE OR REPLACE FUNCTION kernel.open_gate(p_seq bigint, p_hash bytea)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_head record;
    v_unfinished bigint;
BEGIN
    LOCK TABLE kernel.erasure_ledger IN SHARE ROW EXCLUSIVE MODE;
    v_head := kernel.erasure_ledger_head();
    v_unfinished := (
        SELECT count(*)
        FROM kernel.replayed_erasure AS e
        LEFT JOIN kernel.subject_request AS r ON r.id = e.request_id
        WHERE r.state IS DISTINCT FROM 'done'
    );
    IF v_unfinished > 0
        OR (p_seq, p_hash) IS DISTINCT FROM (v_head.seq, v_head.hash)
        AND NOT EXISTS (
            SELECT FROM kernel.erasure_ledger AS l WHERE l.seq = p_seq AND l.hash = p_hash
        )
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR103',
            MESSAGE = 'erasures are still to be replayed, so the gate stays closed',
            DETAIL = CASE
                WHEN v_unfinished > 0 THEN format('%s requests are not done.', v_unfinished)
                ELSE format('The ledger of this copy ends with entry %s.', v_head.seq)
            END,
            HINT = 'Run "strongroom subject ledger replay" to its end; release what holds a person.';
    END IF;
    IF kernel.gate_problem() IS NOT NULL THEN
        PERFORM kernel.mark_serving(format('the ledger was replayed up to entry %s', p_seq));
        PERFORM kernel.append_erasure(v.app, v.pseudonym, v.key_id, v.id, r.ended_at)
        FROM (
            SELECT e.request_id, min(e.seq) AS seq
            FROM kernel.replayed_erasure AS e
            GROUP BY e.request_id
        ) AS done
        JOIN kernel.erasure_evidence AS v ON v.id = done.request_id
        JOIN kernel.subject_request AS r ON r.id = done.request_id
        WHERE NOT EXISTS (SELECT FROM kernel.erasure_ledger AS l WHERE l.act = v.id)
        ORDER BY done.seq;
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.open_gate(bigint, bytea) IS
'Lets apps into this copy, when every entry up to the head of the exported ledger is here and every
person among them is erased again; these erasures then continue the ledger. Nothing to do where the database is open.
p_seq, p_hash: the head, as the file says it; 0 and 32 zero bytes for an empty ledger.
Raises KR103 ReplayUnfinished.';

GRANT EXECUTE ON FUNCTION kernel.open_gate(bigint, bytea) TO strongroom_runner;
