CREATE OR REPLACE FUNCTION kernel.comment_counter(p_app text, p_name text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parts record;
    v_table record;
    v_column record;
BEGIN
    v_parts := kernel.counter_parts(p_app, p_name);
    FOR v_table IN
        SELECT t.name, t.kind, t.text
        FROM (
            VALUES
                (format('%I.%I', p_app, p_name), 'VIEW', 'Counts of %s, exact at any moment.'),
                (
                    v_parts.deltas, 'TABLE',
                    E'What changed in counts of %s since it was last folded.\n'
                    '@keyless every counted statement would pay for the key'
                ),
                (v_parts.totals, 'TABLE', 'Counts of %s, without what is not folded yet.')
        ) AS t (name, kind, text)
    LOOP
        EXECUTE format(
            'COMMENT ON %s %s IS %L',
            v_table.kind, v_table.name, format(v_table.text, v_parts.relation)
        );
        FOR v_column IN
            SELECT
                a.attname,
                CASE a.attname
                    WHEN 'counted' THEN 'How many rows.'
                    WHEN 'summed' THEN 'What they come to.'
                    WHEN 'total_id' THEN 'Number of the row.'
                    ELSE format('As in %s.', v_parts.relation)
                END || coalesce(E'\n' || tags.lines, E'\n@internal') AS text
            FROM pg_attribute AS a
            JOIN kernel.counter AS c ON c.app = p_app AND c.name = p_name
            CROSS JOIN LATERAL (
                SELECT string_agg(
                    CASE t.tag
                        WHEN 'erase' THEN '@erase keep kernel.erase_counters'
                        ELSE concat_ws(' ', '@' || t.tag, t.argument)
                    END, E'\n' ORDER BY t.tag <> 'personal', t.tag
                )
                FROM pg_attribute AS b
                CROSS JOIN kernel.comment_tags(col_description(b.attrelid, b.attnum)) AS t
                WHERE b.attrelid = c.relation
                  AND b.attname = CASE
                      WHEN a.attname = 'summed' THEN c.sum_column
                      WHEN a.attname = 'day' AND c.day_column IS NOT NULL THEN c.day_column
                      WHEN a.attname = ANY (c.by_columns) THEN a.attname
                  END
                  AND t.tag IN ('personal', 'public', 'internal', 'subject', 'erase')
            ) AS tags (lines)
            WHERE a.attrelid = v_table.name::regclass AND a.attnum > 0 AND NOT a.attisdropped
        LOOP
            EXECUTE format(
                'COMMENT ON COLUMN %s.%I IS %L', v_table.name, v_column.attname, v_column.text
            );
        END LOOP;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.comment_counter(text, text) IS
'Comments on what a counter is made of: columns have the tags of those that they come from, save that
erasure is kernel.erase_counters(). kernel.count() calls it.';
