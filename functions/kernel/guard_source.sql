CREATE OR REPLACE FUNCTION kernel.guard_source(p_shape jsonb)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_collect CONSTANT text := $collect$SELECT
            array_agg(u.kind), array_agg(u.purpose),
            array_agg(('x' || lpad(encode(u.key, 'hex'), 16, '0'))::bit(64)::bigint),
            array_agg(u.subject)
        INTO v_kinds, v_purposes, v_keys, v_subjects
        FROM (
        %s
        ) AS u (kind, purpose, key, subject)$collect$;
    v_subjects CONSTANT jsonb := p_shape -> 'subject';
    v_subject text;
    v_used text[];
BEGIN
    -- Whose row it is: nobody's, one person's, or of several, and then as a list.
    SELECT CASE count(*)
        WHEN 0 THEN 'NULL::text'
        WHEN 1 THEN min(format('guard_row.%I::text', s.name))
        ELSE format('ARRAY[%s]::text', string_agg(format('guard_row.%I::text', s.name), ', '))
    END
    INTO v_subject
    FROM jsonb_array_elements_text(v_subjects) AS s (name);

    SELECT array_agg(u.sources ORDER BY u.name) INTO v_used
    FROM (
        SELECT rows.name, string_agg(
            format(
                'SELECT DISTINCT %L, %L, %s, %s FROM %I AS guard_row WHERE guard_row.%I IS NOT NULL',
                c.column ->> 1, c.column ->> 2,
                format(
                    CASE c.column ->> 1
                        WHEN 'seal' THEN 'substring(guard_row.%I FROM 2 FOR 8)'
                        -- One of another length is no index, and of no version.
                        ELSE 'CASE octet_length(guard_row.%1$I) WHEN 34'
                            ' THEN substring(guard_row.%1$I FROM 1 FOR 2) ELSE ''\x0000'' END'
                    END,
                    c.column ->> 0
                ),
                CASE c.column ->> 1 WHEN 'seal' THEN v_subject ELSE 'NULL' END,
                rows.name, c.column ->> 0
            ),
            E'\n        UNION ALL '
        )
        FROM unnest(ARRAY['guard_new', 'guard_old']) AS rows (name)
        CROSS JOIN jsonb_array_elements(p_shape -> 'columns') AS c ("column")
        GROUP BY rows.name
    ) AS u (name, sources);

    RETURN format(
        $source$
DECLARE
    v_kinds text[];
    v_purposes text[];
    v_keys bigint[];
    v_subjects text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        %1$s;
    ELSE
        %2$s;
    END IF;
    IF v_kinds IS NOT NULL THEN
        PERFORM kernel.require_sealing_keys(
            TG_RELID, %3$L, %4$L, v_kinds, v_purposes, v_keys, v_subjects
        );
    END IF;
    RETURN NULL;
END;
$source$,
        format(c_collect, v_used[1]),
        format(c_collect, format('(%s) EXCEPT (%s)', v_used[1], v_used[2])),
        p_shape ->> 'app',
        jsonb_array_length(v_subjects) > 1
    );
END;
$$;

COMMENT ON FUNCTION kernel.guard_source(jsonb) IS
'The body of the trigger function that guards the sealed columns of a table, with its columns baked in:
each statement asks once for each key that it uses. What an UPDATE leaves as it was is not asked for.';
