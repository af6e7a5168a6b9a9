CREATE OR REPLACE FUNCTION kernel.require_countable(
    p_relation regclass,
    p_name text,
    p_by text[],
    p_day text,
    p_sum text,
    p_on_erase text
)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table record;
    v_column text;
    v_reason text;
BEGIN
    SELECT n.nspname AS app, c.relkind, c.relispartition, c.relhassubclass, c.relowner
    INTO v_table
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = p_relation;
    v_column := (
        SELECT min(w.name)
        FROM unnest(p_by || ARRAY[p_day, p_sum]) AS w (name)
        LEFT JOIN pg_attribute AS a ON a.attrelid = p_relation AND a.attname = w.name
        WHERE coalesce(a.attnum, 0) <= 0
    );
    v_reason := CASE
        WHEN v_table.relkind IS NULL OR v_table.relkind NOT IN ('r', 'p') THEN 'it is no table'
        WHEN v_table.app NOT IN (SELECT kernel.app_schemas())
            THEN 'it is not in an app''s schema'
        WHEN v_table.relispartition OR v_table.relkind = 'r' AND v_table.relhassubclass
            THEN 'it is a partition, or has inheriting tables: count the whole'
        WHEN pg_get_userbyid(v_table.relowner) <> CURRENT_USER
            THEN format('it belongs to %s', v_table.relowner::regrole)
        WHEN kernel.hides_rows(p_relation) THEN 'its owner has no policy for all rows, and would count none'
        WHEN to_regrole(quote_ident(v_table.app || '_definer')) IS NULL
            THEN format('there is no role %I_definer to write deltas', v_table.app)
        WHEN p_name IS NULL OR p_name !~ '^[a-z][a-z0-9_]{0,34}_(ever|live)$'
            THEN 'a name is a word of at most 40 characters that ends in _ever or _live'
        WHEN p_by IS NULL OR array_position(p_by, NULL) IS NOT NULL OR array_ndims(p_by) > 1
            THEN 'a column to count by has no name'
        WHEN v_column IS NOT NULL THEN format('it has no column %I', v_column)
        WHEN p_sum IS NOT NULL AND NOT EXISTS (
            SELECT
            FROM pg_attribute AS a
            JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE a.attrelid = p_relation AND a.attname = p_sum
              AND coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text
              IN ('smallint', 'integer', 'bigint', 'numeric')
        )
            THEN format('column %I can''t be added up exactly', p_sum)
        WHEN p_day IS NOT NULL AND NOT EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = p_relation AND a.attname = p_day
              AND a.atttypid = 'timestamptz'::regtype
        ) THEN format('column %I is no timestamptz', p_day)
        WHEN (SELECT count(DISTINCT b.name) FROM unnest(p_by) AS b (name)) < cardinality(p_by)
            THEN 'a column to count by is named twice'
        WHEN p_by && ARRAY['counted', 'summed', 'total_id']
            OR p_day IS NOT NULL AND 'day' = ANY (p_by)
            THEN 'a column to count by is named like one that a counter makes'
        WHEN p_on_erase IS NULL OR p_on_erase NOT IN ('delete', 'anonymise')
            THEN 'on erasure, totals are deleted or anonymised'
        WHEN current_setting('transaction_isolation') <> 'read committed'
            THEN 'the rows that are there are read under READ COMMITTED only'
    END;
    IF v_reason IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR051',
            MESSAGE = format('%s can''t be counted in this way', coalesce(p_relation::text, 'NULL')),
            DETAIL = v_reason,
            HINT = 'See docs/kernel/counters.md.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_countable(regclass, text, text[], text, text, text) IS
'Refuses the declaration of a counter that can''t be followed. Raises KR051 NotCountable.';
