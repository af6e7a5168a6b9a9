CREATE OR REPLACE FUNCTION kernel.erasure_vacuums(p_id uuid)
RETURNS SETOF regclass
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH
    touched (relation) AS (
        SELECT s.relation
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.row_count > 0 AND s.relation IS NOT NULL
        UNION
        SELECT known.relation
        FROM kernel.erasure_step AS s
        JOIN kernel.subject_request AS r ON r.id = s.request_id
        CROSS JOIN LATERAL (
            SELECT to_regclass(k.name)
            FROM (
                VALUES
                    ('forget', 'kernel.erasure_token'), ('audit', 'kernel.audit_log'),
                    ('audit', 'kernel.audit_inbox'), ('keys', 'kernel.subject_key'),
                    ('consents', 'kernel.consent_event')
            ) AS k (kind, name)
            WHERE k.kind = s.kind
            UNION ALL
            SELECT to_regclass((kernel.counter_parts(c.app, c.name)).totals)
            FROM kernel.counter AS c
            WHERE s.kind = 'counters' AND c.app = r.app
        ) AS known (relation)
        WHERE s.request_id = p_id AND s.row_count > 0 AND s.kind <> 'rows'
    ),
    since (at) AS (
        SELECT max(s.finished_at)
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id AND s.kind <> 'vacuum'
    )
    SELECT DISTINCT leaf.relation
    FROM touched AS t
    CROSS JOIN LATERAL (
        -- Of a table without partitions there is no tree.
        SELECT c.oid::regclass FROM pg_class AS c WHERE c.oid = t.relation AND c.relkind = 'r'
        UNION
        SELECT p.relid FROM pg_partition_tree(t.relation) AS p WHERE p.isleaf
    ) AS leaf (relation)
    CROSS JOIN since AS s
    WHERE coalesce(pg_stat_get_last_vacuum_time(leaf.relation) <= s.at, true);
END;
$$;

COMMENT ON FUNCTION kernel.erasure_vacuums(uuid) IS
'The tables and partitions that an erasure touched and nobody has vacuumed since: what was deleted is
still in their files. By the server''s own account of when it vacuumed.';

GRANT EXECUTE ON FUNCTION kernel.erasure_vacuums(uuid) TO strongroom_runner;
