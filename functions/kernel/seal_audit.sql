CREATE OR REPLACE FUNCTION kernel.seal_audit()
RETURNS bigint
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_limit CONSTANT integer := 10000;
    v_before kernel.audit_seal;
    v_seal kernel.audit_seal;
    v_span tstzrange;
    v_leaves bytea;
BEGIN
    BEGIN
        -- One sealer at a time. A table lock, for anybody may take an advisory one.
        LOCK TABLE kernel.audit_seal IN SHARE ROW EXCLUSIVE MODE NOWAIT;
    EXCEPTION
        WHEN lock_not_available THEN
            RETURN 0;
    END;
    SELECT s.* INTO v_before FROM kernel.audit_seal AS s ORDER BY s.batch DESC LIMIT 1;
    v_seal.batch := coalesce(v_before.batch, 0) + 1;
    v_span := kernel.span_to_seal();

    -- What is committed, and nothing else: an entry that is committed later goes into a later batch.
    -- In the order in which they lie there, which needs no index.
    WITH
    taken AS (
        DELETE FROM kernel.audit_inbox AS i
        WHERE i.ctid = ANY (
            ARRAY(
                SELECT waiting.ctid
                FROM kernel.audit_inbox AS waiting
                -- A batch ends with its partition.
                WHERE waiting.at >= lower(v_span) AND waiting.at < upper(v_span)
                LIMIT c_limit
            )
        )
        RETURNING i.*
    ),
    sealed AS (
        INSERT INTO kernel.audit_log AS l (
            batch, id, at, transaction_id, app, relation, shape_id, operation, key, subject, actor,
            role, request_id, old, details, opening, commitment
        )
        SELECT
            v_seal.batch, t.id, t.at, t.transaction_id, t.app, t.relation, t.shape_id, t.operation,
            t.key, t.subject, nullif(t.actor, ''), t.role, nullif(t.request_id, ''),
            -- Few bytes that are not compressed are short even as text.
            CASE
                WHEN pg_column_size(t.old) >= 2000 OR pg_column_compression(t.old) IS NOT NULL
                    THEN kernel.fitting_values(t.old)
                ELSE t.old
            END,
            t.details, t.opening, t.commitment
        FROM taken AS t
        RETURNING
            l.id, l.at, kernel.audit_leaf(
                l.batch, l.id, l.at, l.transaction_id, l.app, l.relation, l.shape_id, l.operation,
                l.key, l.subject, l.actor, l.role, l.request_id, l.old, l.details, l.opening,
                l.commitment
            ) AS leaf
    )
    SELECT count(*), min(s.at), max(s.at), string_agg(s.leaf, ''::bytea ORDER BY s.id)
    INTO v_seal.row_count, v_seal.first_at, v_seal.last_at, v_leaves
    FROM sealed AS s;

    IF v_seal.row_count > 0 THEN
        v_seal.sealed_at := clock_timestamp();
        v_seal.system_identifier := (SELECT c.system_identifier FROM pg_control_system() AS c);
        v_seal.root := kernel.merkle_root(v_leaves);
        v_seal.chain := kernel.audit_link(v_before.chain, v_seal);
        INSERT INTO kernel.audit_seal SELECT (v_seal).*;
    END IF;
    RETURN v_seal.row_count;
END;
$$;

COMMENT ON FUNCTION kernel.seal_audit() IS
'A job: moves a batch of committed entries from kernel.audit_inbox into kernel.audit_log and seals
it; how many, 0 when none wait or another sealer is at work.';

GRANT EXECUTE ON FUNCTION kernel.seal_audit() TO strongroom_runner;
