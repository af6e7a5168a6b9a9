CREATE OR REPLACE FUNCTION kernel.hold_conditions(p_root regclass, p_people regclass)
RETURNS text[]
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_relations CONSTANT regclass[] := p_root || ARRAY(
        SELECT t.relid FROM pg_partition_tree(p_root) AS t
    );
    v_app text;
    v_has_people boolean;
    v_conditions text[] := '{}'::text[];
BEGIN
    SELECT n.nspname
    INTO v_app
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = p_root;

    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %s AS p WHERE p.app = $1 OR $1 = ''kernel'')', p_people
    ) INTO v_has_people USING v_app;
    IF v_has_people THEN
        v_conditions := kernel.own_conditions(p_root, v_app, p_people);
        -- A row without a person of its own is of those whose rows it belongs to.
        IF v_conditions = '{}' AND v_app <> 'kernel' AND EXISTS (
            SELECT FROM pg_constraint AS f WHERE f.conrelid = p_root AND f.contype = 'f'
        )
        THEN
            v_conditions := ARRAY(
                SELECT format('(%s)', c.condition)
                FROM kernel.people_conditions(v_app, p_people, p_root) AS c
                WHERE c.relation = p_root
            );
        END IF;
    END IF;

    -- Tables of the kernel serve several apps, and say of which app a person is; of a row of several
    -- people they keep a JSON array of texts.
    IF v_app = 'kernel' AND v_has_people AND 2 = (
        SELECT count(*)
        FROM pg_attribute AS a
        WHERE a.attrelid = p_root AND a.attname IN ('app', 'subject') AND NOT a.attisdropped
    )
    THEN
        v_conditions := v_conditions || format(
            'EXISTS (SELECT FROM %s AS p'
            ' WHERE p.app = t.app AND (p.subject = t.subject OR starts_with(t.subject, ''['')'
            ' AND strpos(t.subject, to_json(p.subject)::text) > 0%s))',
            p_people,
            -- Some ids look like such an array; the audit log knows of which tables a row is of one person.
            CASE WHEN p_root IN ('kernel.audit_log'::regclass, 'kernel.audit_inbox'::regclass) THEN
                ' AND NOT EXISTS (SELECT FROM kernel.audit_shape AS s WHERE s.id = t.shape_id'
                ' AND jsonb_array_length(s.columns -> ''subject'') = 1)'
            END
        );
    END IF;

    -- By the key of the hold, and by the table that it named: since then the key may have become
    -- another, or the table a partition. Columns that are gone tell nothing, so what the others say
    -- is held.
    v_conditions := v_conditions || ARRAY(
        SELECT format(
            'EXISTS (SELECT FROM kernel.legal_hold AS h WHERE h.released_at IS NULL'
            ' AND h.relation = ANY (%1$L::regclass[]) AND %2$s)',
            c_relations, kernel.held_key_condition(p_root, held.columns, held.types)
        )
        FROM (
            SELECT DISTINCT
                ARRAY(SELECT jsonb_object_keys(h.row_key) ORDER BY 1) AS columns, h.key_types AS types
            FROM kernel.legal_hold AS h
            WHERE h.released_at IS NULL AND h.row_key IS NOT NULL AND h.relation = ANY (c_relations)
        ) AS held
    );
    RETURN v_conditions;
END;
$$;

COMMENT ON FUNCTION kernel.hold_conditions(regclass, regclass) IS
'SQL conditions, each true of rows t of a table (for a partition, pass its root) that may not be
destroyed now, because of their person, whom a view names (kernel.pinned_subject or
kernel.held_subject), or by themselves; none where nothing can be held. For use under
kernel.lock_pins(), at the settings of kernel.canonical_row_key.';
