CREATE OR REPLACE FUNCTION kernel.request_change_problem(p_old jsonb, p_new jsonb)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_fixed CONSTANT text[] := ARRAY[
        'id', 'app', 'kind', 'regime', 'origin', 'requested_at', 'requested_by', 'due_at'
    ];
    v_from CONSTANT text := p_old ->> 'state';
    v_to CONSTANT text := coalesce(p_new ->> 'state', 'NULL');
BEGIN
    RETURN CASE
        WHEN p_old IS NULL THEN CASE
            WHEN (v_to, p_new ->> 'origin') NOT IN (
                ('requested', 'person'), ('verified', 'staff'), ('verified', 'retention'),
                ('approved', 'replay')
            )
                THEN format('A request of origin %s does not begin as %s.', p_new ->> 'origin', v_to)
        END
        WHEN v_from IN ('done', 'refused') AND v_to = v_from THEN CASE
            -- An ended request is forgotten with its person; nothing else of it changes.
            WHEN p_new ->> 'subject' IS NOT NULL OR p_new - 'subject' <> p_old - 'subject'
                THEN 'It has ended.'
        END
        WHEN EXISTS (
            SELECT FROM unnest(c_fixed) AS c (name) WHERE p_new -> c.name <> p_old -> c.name
        )
            THEN 'Who asked for what, and until when, does not change.'
        WHEN p_new -> 'subject' <> p_old -> 'subject'
            AND (p_new ->> 'subject' IS NOT NULL OR v_to <> 'done')
            THEN 'Whose request it is does not change.'
        WHEN p_old ->> 'extended_to' IS NOT NULL
            AND (p_new -> 'extended_to', p_new -> 'extension_reason')
                <> (p_old -> 'extended_to', p_old -> 'extension_reason')
            THEN 'Its term was extended already.'
        WHEN (p_new ->> 'attempts')::integer < (p_old ->> 'attempts')::integer
            THEN 'Attempts are not taken back.'
        WHEN p_new -> 'approved_by' <> p_old -> 'approved_by'
            AND (v_to <> 'approved' OR v_from NOT IN ('verified', 'failed'))
            THEN 'Who approved it does not change.'
        WHEN v_to = v_from THEN NULL
        WHEN NOT kernel.is_request_move(v_from, v_to)
            THEN format('It is %s, and can''t become %s.', v_from, v_to)
        WHEN v_to = 'refused' AND p_old ->> 'started_at' IS NOT NULL
            THEN 'It was begun, and something may be gone already.'
    END;
END;
$$;

COMMENT ON FUNCTION kernel.request_change_problem(jsonb, jsonb) IS
'Why a row of kernel.subject_request can''t become another (or, with NULL before, can''t be new), as a
sentence without personal data; NULL where it can.';

GRANT EXECUTE ON FUNCTION kernel.request_change_problem(jsonb, jsonb) TO strongroom_definer;
