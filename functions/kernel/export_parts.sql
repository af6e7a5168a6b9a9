CREATE OR REPLACE FUNCTION kernel.export_parts(p_app text)
RETURNS TABLE (part text, statement text, is_shared boolean, columns jsonb, "position" bigint)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT
        p.part, p.statement, p.is_shared, p.columns,
        row_number() OVER (ORDER BY p.level, p.place DESC, p.part COLLATE "C")
    FROM (
        SELECT
            1, s.position, s.relation::text, s.is_shared, shape.columns,
            format(
                'SELECT (SELECT jsonb_object_agg(c.k, c.v) FROM (VALUES %s) AS c (k, v)) AS part'
                ' FROM %s %s AS t WHERE %s ORDER BY %s',
                shape.pairs, CASE WHEN c.relkind = 'r' THEN 'ONLY' END, s.relation, s.condition,
                coalesce(
                    (
                        SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY k.place)
                        FROM pg_index AS i
                        CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
                        JOIN pg_attribute AS a
                            ON a.attrelid = i.indrelid AND a.attnum = k.number
                        WHERE i.indrelid = s.relation
                          AND i.indisprimary
                          AND k.place <= i.indnkeyatts
                    ),
                    '1'
                )
            )
        FROM kernel.subject_tables(p_app) AS s
        JOIN pg_class AS c ON c.oid = s.relation
        CROSS JOIN LATERAL (
            SELECT
                string_agg(
                    format(
                        '(%L, to_jsonb(%s))', m.column_name,
                        kernel.export_value(s.relation, m.column_name)
                    ),
                    ', ' ORDER BY m.position
                ),
                jsonb_agg(
                    jsonb_build_object(
                        'name', m.column_name, 'class', m.class, 'kind', m.kind,
                        'type', format_type(a.atttypid, a.atttypmod),
                        'key', (
                            SELECT array_position(k.conkey, a.attnum)
                            FROM pg_constraint AS k
                            WHERE k.conrelid = s.relation AND k.contype = 'p'
                        )
                    )
                    ORDER BY m.position
                )
            FROM kernel.data_map AS m
            JOIN pg_attribute AS a ON a.attrelid = m.relation AND a.attname = m.column_name
            WHERE m.relation = s.relation
        ) AS shape (pairs, columns)
        -- What counters keep is shown as they count.
        WHERE NOT EXISTS (
            SELECT
            FROM kernel.counter AS k
            WHERE k.app = p_app
              AND s.relation::text IN (
                  format('%I.%I', k.app, k.name || '_deltas'),
                  format('%I.%I', k.app, k.name || '_totals')
              )
        )
        UNION ALL
        SELECT k.level, k.place, k.part, false, NULL, k.statement
        FROM kernel.export_own_parts(p_app) AS k
    ) AS p (level, place, part, is_shared, columns, statement)
$$;

COMMENT ON FUNCTION kernel.export_parts(text) IS
'What an export of a person is made of, in order: the tables of the app, its counters by person, and
what the kernel keeps about people. statement gives a row of JSON for each row that belongs to $1;
columns: name, class, kind, type, and place in the primary key.';
