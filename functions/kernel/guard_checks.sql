CREATE OR REPLACE FUNCTION kernel.guard_checks(p_shape jsonb)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(
        format(
            'IF v_used.k%1$s IS NOT NULL%2$s THEN PERFORM FROM %3$s FOR KEY SHARE;'
            ' v_fits := v_fits AND FOUND; END IF;',
            c.n,
            -- A key is asked for once.
            (
                SELECT string_agg(format(' AND v_used.k%s IS DISTINCT FROM v_used.k%s', c.n, o.n), '')
                FROM jsonb_array_elements(p_shape -> 'columns') WITH ORDINALITY AS o ("column", n)
                WHERE (o.column -> 1, o.column -> 2) = (c.column -> 1, c.column -> 2) AND o.n < c.n
            ),
            CASE c.column ->> 1
                WHEN 'seal' THEN format(
                    'kernel.subject_key AS k'
                    ' WHERE k.id = (''x'' || encode(v_used.k%s, ''hex''))::bit(64)::bigint'
                    ' AND k.app = %L AND k.purpose = %L AND k.closed_at IS NULL AND (%s)',
                    c.n, p_shape ->> 'app', c.column ->> 2, owner.condition
                )
                ELSE format(
                    'kernel.encryption_key AS e WHERE e.id = %L'
                    ' || (get_byte(v_used.k%2$s, 0) * 256 + get_byte(v_used.k%2$s, 1))::text'
                    ' AND e.kind = ''index'' AND e.state <> ''retired''',
                    concat(p_shape ->> 'app', '.', c.column ->> 2, '.'), c.n
                )
            END
        ),
        -- In the order in which the keys of a person are shredded.
        E'\n            ' ORDER BY c.column ->> 1 DESC, (c.column ->> 2) COLLATE "C", c.n
    )
    FROM jsonb_array_elements(p_shape -> 'columns') WITH ORDINALITY AS c ("column", n)
    CROSS JOIN (
        SELECT CASE count(*)
            WHEN 0 THEN 'k.subject IS NULL'
            WHEN 1 THEN 'k.subject IS NOT DISTINCT FROM v_used.s1::text'
            ELSE format(
                'k.subject IS NULL OR k.subject IN (%s)',
                string_agg(format('v_used.s%s::text', s.n), ', ' ORDER BY s.n)
            )
        END
        FROM jsonb_array_elements(p_shape -> 'subject') WITH ORDINALITY AS s (name, n)
    ) AS owner (condition)
$$;

COMMENT ON FUNCTION kernel.guard_checks(jsonb) IS
'The statements that lock the keys of one row of kernel.guard_keys, v_used, and make v_fits false where
one of them is not for it.';
