CREATE OR REPLACE FUNCTION kernel.export_own_parts(p_app text)
RETURNS TABLE (level integer, place integer, part text, statement text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
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
                -- Who of the staff acted is their personal data. Only the shape says whether a
                -- subject is an array of several people: one may be called '["anna"]'.
                5, 'kernel.audit_entries',
                'SELECT jsonb_build_object(''id'', t.id::text, ''at'', t.at, ''table'', t.relation,'
                ' ''operation'', t.operation, ''role'', t.role, ''details'', t.details)'
                ' AS part FROM kernel.audit_entries AS t WHERE t.id IN (SELECT e.id FROM ('
                'SELECT l.id, l.app, l.subject, l.shape_id FROM kernel.audit_log AS l UNION ALL'
                ' SELECT i.id, i.app, i.subject, i.shape_id FROM kernel.audit_inbox AS i'
                ') AS e WHERE e.app = %1$L AND CASE WHEN e.shape_id = ANY (ARRAY('
                'SELECT s.id FROM kernel.audit_shape AS s'
                ' WHERE jsonb_array_length(s.columns -> ''subject'') > 1))'
                ' THEN e.subject::jsonb ? $1 ELSE e.subject = $1 END) ORDER BY t.id'
            ),
            (
                6, 'kernel.consent_event',
                'SELECT jsonb_build_object(''id'', t.id::text, ''purpose'', t.purpose,'
                ' ''granted'', t.granted, ''given_at'', t.given_at, ''method'', t.method,'
                ' ''evidence'', t.evidence, ''version'', t.version, ''language'', t.language,'
                ' ''wording'', w.body) AS part'
                ' FROM kernel.consent_event AS t JOIN kernel.consent_text AS w'
                ' USING (app, purpose, version) WHERE t.app = %1$L AND t.subject = $1 ORDER BY t.id'
            )
    ) AS own (level, part, statement)
$$;

COMMENT ON FUNCTION kernel.export_own_parts(text) IS
'What an export shows beside the tables of the app: counters by person, requests, data keys (that
there are any), entries of the audit log, consents with their wordings. Holds are left
out: to tell of one may be forbidden.';
