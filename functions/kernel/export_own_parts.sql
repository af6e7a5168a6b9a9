CREATE OR REPLACE FUNCTION kernel.export_own_parts(p_app text)
RETURNS TABLE (level integer, place integer, part text, statement text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        2, 0, format('%I.%I', k.app, k.name),
        format(
            'SELECT to_jsonb(t) || jsonb_build_object(%s) AS part FROM %I.%I AS t WHERE %s ORDER BY 1',
            string_agg(format('%1$L, t.%1$I::text', s.name), ', ' ORDER BY s.name), k.app, k.name,
            string_agg(format('t.%I::text = $1', s.name), ' OR ' ORDER BY s.name)
        )
    FROM kernel.counter AS k
    CROSS JOIN kernel.subject_columns(k.relation) AS s (name)
    WHERE k.app = p_app AND s.name = ANY (k.by_columns)
    GROUP BY k.app, k.name
    UNION ALL
    SELECT own.level, 0, own.part, format(own.statement, p_app)
    FROM (
        VALUES
            (
                3, 'kernel.subject_request',
                'SELECT jsonb_build_object(''id'', t.id, ''kind'', t.kind, ''regime'', t.regime,'
                ' ''state'', t.state, ''reason'', t.state_reason, ''requested_at'', t.requested_at,'
                ' ''due_at'', t.due_at, ''extended_to'', t.extended_to, ''ended_at'', t.ended_at)'
                ' AS part FROM kernel.subject_request AS t WHERE t.app = %1$L AND t.subject = $1'
                ' ORDER BY t.requested_at, t.id'
            ),
            (
                4, 'kernel.subject_key',
                'SELECT jsonb_build_object(''purpose'', t.purpose, ''created_at'', t.created_at)'
                ' AS part FROM kernel.subject_key AS t WHERE t.app = %1$L AND t.subject = $1'
                ' ORDER BY t.id'
            ),
            (
                -- Who of the staff acted is their personal data.
                5, 'kernel.audit_entries',
                'SELECT jsonb_build_object(''id'', t.id::text, ''at'', t.at, ''table'', t.relation,'
                ' ''operation'', t.operation, ''role'', t.role, ''details'', t.details)'
                ' AS part FROM kernel.audit_entries AS t WHERE t.app = %1$L AND (t.subject = $1'
                ' OR starts_with(t.subject, ''['') AND t.subject::jsonb ? $1) ORDER BY t.id'
            )
    ) AS own (level, part, statement)
$$;

COMMENT ON FUNCTION kernel.export_own_parts(text) IS
'What an export shows beside the tables of the app: counters by person, requests, data keys (that
there are any), entries of the audit log. Holds are left out: to tell of one may be forbidden.';
