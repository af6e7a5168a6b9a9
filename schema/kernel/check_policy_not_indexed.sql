CREATE VIEW kernel.check_policy_not_indexed
WITH (security_invoker = true)
AS
SELECT
    'policy_not_indexed' AS name,
    'A policy is no index condition' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'A condition on who asks that no index serves is a filter: every query of'
    ' every person reads the whole table.' AS description,
    format('Policy %I on %I.%I %s.', p.polname, n.nspname, c.relname, problem.text) AS detail,
    CASE
        WHEN problem.text = 'names no column that an index begins with' THEN format(
            'CREATE INDEX%s ON %I.%I (%s);',
            CASE c.relkind WHEN 'p' THEN '' ELSE ' CONCURRENTLY' END,
            n.nspname, c.relname, named.first_column
        )
        ELSE 'Write one equality on an indexed column; wrap what needs a query:'
            ' column = ANY (ARRAY(SELECT ...)).'
    END AS remediation,
    jsonb_build_object(
        'schema', n.nspname, 'name', c.relname, 'policy', p.polname,
        'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid)
    ) AS metadata,
    format(
        'policy_not_indexed:%I.%I:%I:%s', n.nspname, c.relname, p.polname, problem.text
    ) AS cache_key
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    -- PostgreSQL notes which columns of its table a policy names. Where one of them says whose row it
    -- is, that is the one to look rows up by.
    SELECT
        array_agg(a.attnum),
        (array_agg(pg_catalog.quote_ident(a.attname) ORDER BY a.attnum))[1]
    FROM (
        SELECT b.attnum, b.attname, s.name IS NOT NULL, bool_or(s.name IS NOT NULL) OVER ()
        FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_attribute AS b ON b.attrelid = d.refobjid AND b.attnum = d.refobjsubid
        LEFT JOIN kernel.subject_columns(p.polrelid) AS s (name) ON s.name = b.attname
        WHERE d.classid = 'pg_policy'::regclass
          AND d.objid = p.oid
          AND d.refclassid = 'pg_class'::regclass
          AND d.refobjid = p.polrelid
          AND d.refobjsubid > 0
    ) AS a (attnum, attname, is_subject, has_subject)
    WHERE a.is_subject OR NOT a.has_subject
) AS named (columns, first_column)
CROSS JOIN kernel.policy_obstacles(p.polqual) AS obstacles (kinds)
CROSS JOIN LATERAL (
    VALUES
        (
            'names no column that an index begins with',
            NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_index AS i
                JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
                JOIN pg_catalog.pg_am AS m ON m.oid = x.relam AND m.amname <> 'brin'
                WHERE i.indrelid = p.polrelid
                  AND i.indisvalid
                  AND i.indpred IS NULL
                  AND (i.indkey::smallint[])[0] = ANY (named.columns)
            )
        ),
        ('has OR, which keeps indexes out', 'or' = ANY (obstacles.kinds)),
        ('has EXISTS or IN (SELECT), which run for every row', 'rows' = ANY (obstacles.kinds))
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.polcmd <> 'a'
  AND named.columns IS NOT NULL
  -- What does not ask who asks is no condition of ownership.
  AND (
      pg_catalog.pg_get_expr(p.polqual, p.polrelid)
          ~* '\m(current_user|session_user|current_role|current_setting)\M'
      OR EXISTS (
          SELECT
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_policy'::regclass
            AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass
      )
  )
  AND problem.is_there;

COMMENT ON VIEW kernel.check_policy_not_indexed IS
'Policies on who asks (by a function, a setting or the current role) whose columns no index begins
with (the one that says whose row it is, where they name it), or that have OR, EXISTS or IN (SELECT)
outside of a query that gives one value or an array.';

GRANT SELECT ON kernel.check_policy_not_indexed TO strongroom_runner, pg_monitor;
