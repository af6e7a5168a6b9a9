CREATE OR REPLACE FUNCTION kernel.erasure_act(
    p_request kernel.subject_request,
    p_pseudonym bytea,
    p_key_id text
)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT jsonb_build_object(
        'version', 1,
        'form', 'Roskomnadzor order 179 of 2022-10-28',
        'operator', (SELECT p.operator FROM kernel.request_policy AS p WHERE p.app = p_request.app),
        'operator_address', (
            SELECT p.operator_address FROM kernel.request_policy AS p WHERE p.app = p_request.app
        ),
        'system', format('%s.%s', current_database(), p_request.app),
        'subject', encode(p_pseudonym, 'hex'),
        'subject_key', p_key_id,
        'method', 'rows deleted, columns emptied or masked, data keys destroyed, files vacuumed',
        'reason', format('%s: %s', p_request.regime, p_request.origin),
        'destroyed_at', to_jsonb(now()),
        'carried_out_by', coalesce(kernel.actor(), session_user),
        'approved_by', p_request.approved_by,
        'requested_at', to_jsonb(p_request.requested_at),
        'due_at', to_jsonb(coalesce(p_request.extended_to, p_request.due_at)),
        'consents', (
            SELECT count(*)
            FROM kernel.consent_event AS e
            WHERE e.app = p_request.app AND e.pseudonym = p_pseudonym AND e.erased_at = now()
        ),
        'accepted_traces', (
            SELECT coalesce(
                jsonb_agg(
                    to_jsonb(t) - '{request_id,accepted_at}'::text[]
                    ORDER BY t.relation_name, t.column_name
                ),
                '[]'
            )
            FROM kernel.erasure_trace AS t
            WHERE t.request_id = p_request.id
        )
    ) || kernel.erasure_act_tables(p_request.id, p_request.app)
$$;

COMMENT ON FUNCTION kernel.erasure_act(kernel.subject_request, bytea, text) IS
'The act of an erasure: what kernel.erasure_evidence keeps of it. consents: how many events stay under
the pseudonym, kernel.forget_consents() having been called before.';
