CREATE OR REPLACE FUNCTION kernel.retention_time_problem(p_policy jsonb)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    v_relation CONSTANT regclass := to_regclass(p_policy ->> 'relation');
    v_time CONSTANT text := p_policy ->> 'time_expression';
    v_columns CONSTANT name[] := ARRAY(
        SELECT c.name
        FROM jsonb_array_elements_text(nullif(p_policy -> 'columns', 'null')) AS c (name)
    );
    v_type CONSTANT regtype := kernel.retention_time_type(v_relation, v_time, v_columns);
BEGIN
    IF v_type IS NULL THEN
        RETURN format(
            'No valid btree index of it begins with the time %s; its indexes begin with %s.',
            v_time,
            coalesce(
                (
                    SELECT string_agg(DISTINCT x.first_key, ', ' ORDER BY x.first_key)
                    FROM pg_index AS i
                    CROSS JOIN LATERAL (
                        SELECT pg_get_indexdef(i.indexrelid, 1, false) COLLATE "C"
                    ) AS x (first_key)
                    WHERE i.indrelid = v_relation
                ),
                'nothing'
            )
        );
    END IF;
    RETURN CASE
        WHEN v_type NOT IN ('timestamptz'::regtype, 'date'::regtype)
            THEN format('Its time is %s, and neither timestamptz nor date.', v_type)
        WHEN p_policy ->> 'keep_nulls' = 'false' AND NOT EXISTS (
            SELECT
            FROM pg_attribute AS a
            WHERE a.attrelid = v_relation AND quote_ident(a.attname) = v_time AND a.attnotnull
        )
            THEN 'Its time may be NULL, which would keep a row for ever; set keep_nulls if that'
                ' is meant.'
    END;
END;
$$;

COMMENT ON FUNCTION kernel.retention_time_problem(jsonb) IS
'Why rows can''t be counted old by the time of a policy, as a sentence; NULL where they can.';
