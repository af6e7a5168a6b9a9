CREATE OR REPLACE FUNCTION kernel.append_erasure(
    p_app text,
    p_pseudonym bytea,
    p_key_id text,
    p_act uuid,
    p_erased_at timestamptz DEFAULT pg_catalog.now()
)
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_head record;
    v_seq bigint;
BEGIN
    -- One entry at a time, until the transaction ends: the chain has no forks and no gaps.
    LOCK TABLE kernel.erasure_ledger IN SHARE ROW EXCLUSIVE MODE;
    SELECT l.seq INTO v_seq FROM kernel.erasure_ledger AS l WHERE l.act = p_act;
    IF FOUND THEN
        RETURN v_seq;
    END IF;
    IF kernel.gate_problem() IS NOT NULL THEN
        -- Written when the gate opens: a newer ledger may have entries that come before it.
        IF EXISTS (SELECT FROM kernel.replayed_erasure AS e WHERE e.request_id = p_act) THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION USING
            ERRCODE = 'KR103',
            MESSAGE = 'this database is a copy, and the ledger is to be replayed first',
            DETAIL = 'An entry of its own would stand where the ledger''s next one belongs.',
            HINT = 'Run "strongroom subject ledger replay", then this erasure again.';
    END IF;
    v_head := kernel.erasure_ledger_head();
    v_seq := v_head.seq + 1;
    INSERT INTO kernel.erasure_ledger (
        seq, app, pseudonym, key_id, act, erased_at, previous, hash
    )
    VALUES (
        v_seq, p_app, p_pseudonym, p_key_id, p_act, p_erased_at, v_head.hash,
        kernel.ledger_link(
            v_head.hash, v_seq, p_app, p_pseudonym, p_key_id, p_act, p_erased_at
        )
    );
    RETURN v_seq;
END;
$$;

COMMENT ON FUNCTION kernel.append_erasure(text, bytea, text, uuid, timestamptz) IS
'Writes the entry of a finished erasure into kernel.erasure_ledger and returns its number. For the
function that ends an erasure, in the transaction that says it is done, as its last statement: others
that end one wait until that commits.
p_pseudonym: HMAC of app and person, 16 to 64 bytes, worked out by the client (Python:
strongroom.subject.pseudonyms); p_key_id: by which key; p_act: the id of the request. A second call for
the same request writes nothing and returns the first number. In a copy that is not open, an erasure
of the replay is written by kernel.open_gate(), and this returns NULL.
To be called as the owner, at READ COMMITTED. Raises KR103 ReplayUnfinished in a copy that is not open,
for what is not an erasure of its replay.';
