CREATE OR REPLACE FUNCTION kernel.erasure_log(p_id uuid)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT jsonb_agg(l.entry ORDER BY l.at, l.id)
    FROM (
        SELECT s.finished_at, s.id::bigint, jsonb_build_object(
            'at', s.finished_at, 'step', s.kind, 'table', s.relation::text,
            'rows', s.row_count, 'kept', s.kept_count, 'round', s.round
        )
        FROM kernel.erasure_step AS s
        WHERE s.request_id = p_id
        UNION ALL
        SELECT e.happened_at, -e.id, jsonb_build_object(
            'at', e.happened_at, 'from', e.from_state, 'to', e.to_state, 'actor', e.actor,
            'reason', e.reason
        )
        FROM kernel.subject_request_event AS e
        WHERE e.request_id = p_id
    ) AS l (at, id, entry)
$$;

COMMENT ON FUNCTION kernel.erasure_log(uuid) IS
'The steps of a request and of its execution, as an array of objects in the order of time.';
