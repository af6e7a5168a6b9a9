CREATE OR REPLACE FUNCTION kernel.subject_link_condition(
    p_link jsonb,
    p_parent_condition text,
    p_is_only boolean
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    -- The inner t hides the outer one. An array is worked out once, and is an index condition even
    -- where links are joined by OR; EXISTS is right by itself, and may be turned into a join.
    SELECT concat_ws(
        ' AND ',
        CASE WHEN NOT p_is_only THEN string_agg(
            format(
                't.%I %s ANY (ARRAY(SELECT t.%I FROM %s AS t WHERE %s))',
                k.mine, k.operator, k.theirs, (p_link ->> 'parent_id')::oid::regclass,
                p_parent_condition
            ),
            ' AND '
        ) END,
        CASE WHEN p_is_only OR count(*) > 1 THEN format(
            'EXISTS (SELECT FROM (SELECT t.* FROM %s AS t WHERE %s) AS p WHERE %s)',
            (p_link ->> 'parent_id')::oid::regclass,
            p_parent_condition,
            string_agg(format('p.%I %s t.%I', k.theirs, k.operator, k.mine), ' AND ')
        ) END
    )
    FROM ROWS FROM (
        jsonb_array_elements_text(p_link -> 'child_columns'),
        jsonb_array_elements_text(p_link -> 'parent_columns'),
        jsonb_array_elements_text(p_link -> 'operators')
    ) AS k (mine, theirs, operator)
$$;

COMMENT ON FUNCTION kernel.subject_link_condition(jsonb, text, boolean) IS
'SQL over rows t of a table and $1: true of the rows that refer by one foreign key (a row of
kernel.subject_links) to rows that the condition of the other table is true of. p_is_only: no other
link is asked for beside it.';

GRANT EXECUTE ON FUNCTION kernel.subject_link_condition(jsonb, text, boolean)
TO strongroom_runner, pg_monitor;
