CREATE OR REPLACE FUNCTION kernel.audit_named_entries(
    p_columns jsonb, p_key text, p_from timestamptz
)
RETURNS TABLE (
    id bigint, at timestamptz, transaction_id xid8, operation text, key text, subject text,
    actor text, role text, request_id text, is_erased boolean, old_values jsonb, old_hashes jsonb,
    next_id bigint, next_values jsonb, next_hashes jsonb
)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    -- A transaction that began before p_from may have changed a row after one that began later did.
    -- What was written since is in batches that were sealed since, or waits.
    begun AS (
        SELECT least(p_from, min(s.first_at)) AS at
        FROM kernel.audit_seal AS s
        WHERE s.sealed_at >= p_from
    ),
    entries AS (
        SELECT l.id, l.at, l.transaction_id, l.operation, l.key, l.subject, l.actor, l.role,
            l.request_id, l.shape_id, l.old, l.opening, l.commitment
        FROM kernel.audit_log AS l
        WHERE l.app = p_columns ->> 'app'
          AND l.relation = p_columns ->> 'relation'
          AND (p_key IS NULL OR l.key = p_key)
          AND l.at >= (SELECT b.at FROM begun AS b)
        UNION ALL
        SELECT i.id, i.at, i.transaction_id, i.operation, i.key, i.subject, nullif(i.actor, ''),
            i.role, nullif(i.request_id, ''), i.shape_id, i.old, i.opening, i.commitment
        FROM kernel.audit_inbox AS i
        WHERE i.app = p_columns ->> 'app'
          AND i.relation = p_columns ->> 'relation'
          AND (p_key IS NULL OR i.key = p_key)
    ),
    named AS (
        SELECT
            e.*,
            kernel.audit_named_values(s.columns, e.old) AS old_values,
            kernel.audit_named_hashes(s.columns, e.opening) AS old_hashes
        FROM entries AS e
        LEFT JOIN kernel.audit_shape AS s ON s.id = e.shape_id
    )
    SELECT
        n.id, n.at, n.transaction_id, n.operation, n.key, n.subject, n.actor, n.role, n.request_id,
        n.commitment IS NOT NULL, n.old_values, n.old_hashes,
        lead(n.id) OVER later, lead(n.old_values) OVER later, lead(n.old_hashes) OVER later
    FROM named AS n
    WINDOW later AS (PARTITION BY n.key ORDER BY n.id)
$$;

COMMENT ON FUNCTION kernel.audit_named_entries(jsonb, text, timestamptz) IS
'Entries of the audit log of one table, of all keys or one, those since a time among them, each beside
the next one of the same row: what this one made of the row is what that one found.';
