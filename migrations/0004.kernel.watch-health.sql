-- Findings of checks, those that somebody lives with, thresholds, and the checks themselves.
-- depends: 0003.tarot.tag-subject
-- locks: none that anyone waits for; everything is new

CREATE TYPE kernel.finding AS (
    name text,
    title text,
    level text,
    facing text,
    categories text[],
    description text,
    detail text,
    remediation text,
    metadata jsonb,
    cache_key text
);

COMMENT ON TYPE kernel.finding IS
'One thing that a check found. A check is a view named check_... in schema kernel or in that of an
app, with exactly these columns; it has a row for each finding, and none when all is well.';
COMMENT ON COLUMN kernel.finding.name IS 'Which check found it: the name of its view after check_.';
COMMENT ON COLUMN kernel.finding.title IS 'The check, as a headline.';
COMMENT ON COLUMN kernel.finding.level IS 'ERROR: act now. WARN: act soon. INFO: know of it.';
COMMENT ON COLUMN kernel.finding.facing IS
'EXTERNAL where clients of the database could use it, else INTERNAL.';
COMMENT ON COLUMN kernel.finding.categories IS
'What it is about, in capitals: CATALOGUE (what the schema says), SERVER, PARTITIONS, MAINTENANCE;
and what is at stake: SECURITY, PRIVACY, INTEGRITY, AVAILABILITY, PERFORMANCE.';
COMMENT ON COLUMN kernel.finding.description IS
'Why it matters, the same for every finding of a check.';
COMMENT ON COLUMN kernel.finding.detail IS 'What is wrong and where; never what is in a row.';
COMMENT ON COLUMN kernel.finding.remediation IS
'What mends it: SQL that ends with a semicolon where statements do, else a sentence.';
COMMENT ON COLUMN kernel.finding.metadata IS
'The same place and figures for programs: a JSON object.';
COMMENT ON COLUMN kernel.finding.cache_key IS
'Names this finding and no other, as long as it is there; what an acceptance refers to.';

CREATE TABLE kernel.accepted_finding (
    cache_key text NOT NULL,
    reason text NOT NULL,
    accepted_by text NOT NULL DEFAULT SESSION_USER,
    accepted_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz NOT NULL,
    CONSTRAINT accepted_finding_pkey PRIMARY KEY (cache_key),
    CONSTRAINT accepted_finding_reason_length_check CHECK (length(reason) BETWEEN 10 AND 1000),
    CONSTRAINT accepted_finding_expires_at_check
    CHECK (expires_at > accepted_at AND isfinite(expires_at))
);

COMMENT ON TABLE kernel.accepted_finding IS
'Findings that somebody decided to live with until a day. They are hidden till then, and after it
they are shown again.';
COMMENT ON COLUMN kernel.accepted_finding.cache_key IS 'The finding: its cache_key.';
COMMENT ON COLUMN kernel.accepted_finding.reason IS 'Why it is right to live with it.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_by IS 'Who decided.';
COMMENT ON COLUMN kernel.accepted_finding.accepted_at IS 'When.';
COMMENT ON COLUMN kernel.accepted_finding.expires_at IS 'When it is shown again.';

ALTER TABLE kernel.accepted_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.accepted_finding FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.accepted_finding
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.accepted_finding
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.accepted_finding TO strongroom_runner, pg_monitor;

CREATE TABLE kernel.health_threshold (
    check_name text NOT NULL,
    warn numeric,
    error numeric,
    CONSTRAINT health_threshold_pkey PRIMARY KEY (check_name),
    CONSTRAINT health_threshold_check_name_check CHECK (
        check_name IN (
            'bloat', 'blocked_session', 'cache_hit', 'connections', 'dead_rows',
            'idle_in_transaction', 'long_transaction', 'prepared_transaction', 'replication_lag',
            'replication_slot', 'sequence_use', 'slow_statement', 'transaction_id_age'
        )
    ),
    CONSTRAINT health_threshold_says_something_check CHECK (num_nonnulls(warn, error) > 0),
    CONSTRAINT health_threshold_range_check CHECK (warn >= 0 AND error >= 0)
);

COMMENT ON TABLE kernel.health_threshold IS
'From where on a health check warns or raises the alarm, where a DBA wants it otherwise than the
check itself says. The comment of each check names its unit and what holds without a row here.';
COMMENT ON COLUMN kernel.health_threshold.check_name IS
'The check: the name of its view after check_.';
COMMENT ON COLUMN kernel.health_threshold.warn IS
'From here on it is a WARN; NULL: what the check says.';
COMMENT ON COLUMN kernel.health_threshold.error IS
'From here on an ERROR; NULL: what the check says.';

ALTER TABLE kernel.health_threshold ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.health_threshold FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.health_threshold
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_watch ON kernel.health_threshold
FOR SELECT TO strongroom_runner, pg_monitor USING (true);

GRANT SELECT ON kernel.health_threshold TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_row_security_off
WITH (security_invoker = true)
AS
SELECT
    'row_security_off' AS name,
    'Row level security is off' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Without row level security every role with a grant on a table reads every'
    ' row of it. A partition does not inherit it from its root.' AS description,
    format('%I.%I has row level security off.', n.nspname, c.relname) AS detail,
    format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('row_security_off:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relrowsecurity;

COMMENT ON VIEW kernel.check_row_security_off IS
'Tables and partitions that have row level security off.';

GRANT SELECT ON kernel.check_row_security_off TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_row_security_not_forced
WITH (security_invoker = true)
AS
SELECT
    'row_security_not_forced' AS name,
    'Row level security does not bind the owner' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Without FORCE the owner, and every definer function of the owner, sees past'
    ' all policies. A partition does not inherit it from its root.' AS description,
    format('%I.%I does not force row level security.', n.nspname, c.relname) AS detail,
    format('ALTER TABLE %I.%I FORCE ROW LEVEL SECURITY;', n.nspname, c.relname) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('row_security_not_forced:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relforcerowsecurity;

COMMENT ON VIEW kernel.check_row_security_not_forced IS
'Tables and partitions whose owner row level security does not bind.';

GRANT SELECT ON kernel.check_row_security_not_forced TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_missing_owner_policy
WITH (security_invoker = true)
AS
SELECT
    'missing_owner_policy' AS name,
    'The owner has no policy' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Under FORCE an owner without a policy works blind: foreign keys validate'
    ' over orphans, backfills change nothing, purges and counts report zero.' AS description,
    format('%I.%I has no policy that shows its owner every row.', n.nspname, c.relname) AS detail,
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND p.polname = 'all_owner'
        ) THEN format('DROP POLICY all_owner ON %I.%I; ', n.nspname, c.relname)
        ELSE ''
    END || format(
        'CREATE POLICY all_owner ON %I.%I FOR ALL TO %s USING (true) WITH CHECK (true);',
        n.nspname, c.relname, c.relowner::regrole
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_owner_policy:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  -- Looked up once, not for each table.
  AND c.oid NOT IN (
      SELECT p.polrelid
      FROM pg_catalog.pg_policy AS p
      JOIN pg_catalog.pg_class AS o ON o.oid = p.polrelid
      WHERE p.polpermissive
        AND p.polcmd = '*'
        AND p.polroles = ARRAY[o.relowner]
        AND pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true'
        AND pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = 'true'
  );

COMMENT ON VIEW kernel.check_missing_owner_policy IS
'Tables and partitions without a permissive policy FOR ALL to their owner, USING (true) WITH CHECK
(true).';

GRANT SELECT ON kernel.check_missing_owner_policy TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_policy_shape
WITH (security_invoker = true)
AS
SELECT
    'policy_shape' AS name,
    'A policy leaves something open' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A policy names its roles and writes both conditions out. What is left out is'
    ' filled in by PostgreSQL: PUBLIC, or USING in place of WITH CHECK, which a'
    ' later change of USING would change as well.' AS description,
    format('Policy %I on %I.%I %s.', p.polname, n.nspname, c.relname, problem.text) AS detail,
    CASE
        WHEN problem.text = 'has no WITH CHECK' AND p.polqual IS NOT NULL THEN format(
            'ALTER POLICY %I ON %I.%I WITH CHECK (%s);',
            p.polname, n.nspname, c.relname, pg_catalog.pg_get_expr(p.polqual, p.polrelid)
        )
        WHEN problem.text = 'is for PUBLIC'
            THEN 'Name its roles: ALTER POLICY ... ON ... TO role.'
        ELSE 'Say which rows: ALTER POLICY ... ON ... USING (...) WITH CHECK (...).'
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'policy', p.polname) AS metadata,
    format('policy_shape:%I.%I:%I:%s', n.nspname, c.relname, p.polname, problem.text) AS cache_key
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    VALUES
        ('is for PUBLIC', 0 = ANY (p.polroles)),
        ('has no USING', p.polcmd IN ('r', 'w', 'd', '*') AND p.polqual IS NULL),
        ('has no WITH CHECK', p.polcmd IN ('a', 'w', '*') AND p.polwithcheck IS NULL)
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND problem.is_there;

COMMENT ON VIEW kernel.check_policy_shape IS
'Policies for PUBLIC, and policies without a condition that their command takes, WITH CHECK above
all.';

GRANT SELECT ON kernel.check_policy_shape TO strongroom_runner, pg_monitor;

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
    -- PostgreSQL notes which columns of its table a policy names.
    SELECT array_agg(a.attnum), min(pg_catalog.quote_ident(a.attname))
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_policy'::regclass
      AND d.objid = p.oid
      AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = p.polrelid
      AND d.refobjsubid > 0
) AS named (columns, first_column)
CROSS JOIN LATERAL (
    VALUES
        (
            'names no column that an index begins with',
            NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_index AS i
                WHERE i.indrelid = p.polrelid
                  AND i.indisvalid
                  AND i.indpred IS NULL
                  AND (i.indkey::smallint[])[0] = ANY (named.columns)
            )
        ),
        ('has OR, which keeps indexes out', p.polqual::text LIKE '%{BOOLEXPR :boolop or %'),
        -- EXISTS is link type 0, IN (SELECT) is 2.
        (
            'has EXISTS or IN (SELECT), which run for every row',
            p.polqual::text ~ '\{SUBLINK :subLinkType [02] '
        )
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
with, or that have OR, EXISTS or IN (SELECT).';

GRANT SELECT ON kernel.check_policy_not_indexed TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_policy_not_leakproof
WITH (security_invoker = true)
AS
SELECT
    'policy_not_leakproof' AS name,
    'A policy calls a function that is not leakproof on columns' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'PostgreSQL can not run such a condition before the others of a query that go'
    ' through row level security or a barrier, and can seldom turn it into an'
    ' index condition.' AS description,
    format(
        'Policy %I on %I.%I calls %s on its columns.', p.polname, n.nspname, c.relname,
        calls.function::regprocedure
    ) AS detail,
    'Compare the column itself with =, <, >, on a type whose comparison is'
    ' leakproof: text, integers, uuid, timestamptz. Keep what else must be'
    ' computed in a column.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'policy', p.polname) AS metadata,
    format(
        'policy_not_leakproof:%I.%I:%I:%s', n.nspname, c.relname, p.polname,
        calls.function::regprocedure
    ) AS cache_key
FROM pg_catalog.pg_policy AS p
JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL kernel.column_calls(p.polqual) AS calls (function)
JOIN pg_catalog.pg_proc AS f ON f.oid = calls.function
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT f.proleakproof
  -- The owner's policies say true.
  AND p.polqual::text LIKE '%{VAR %';

COMMENT ON VIEW kernel.check_policy_not_leakproof IS
'Policies that call a function or operator on columns of their table that is not leakproof.';

GRANT SELECT ON kernel.check_policy_not_leakproof TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_policy_helper
WITH (security_invoker = true)
AS
SELECT
    'policy_helper' AS name,
    'A function that policies call is not bound' AS title,
    CASE WHEN problem.text LIKE '%string' THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A body that is a string is looked up by the search_path of the caller, who'
    ' can put a table or operator of his own in the way. One that is volatile or'
    ' has settings is not inlined, so it runs for every row.' AS description,
    format('%s is called by a policy and %s.', called.identity, problem.text) AS detail,
    CASE
        WHEN problem.text = 'is volatile' THEN format('ALTER FUNCTION %s STABLE;', called.identity)
        WHEN problem.text LIKE 'has settings%'
            THEN format('ALTER FUNCTION %s RESET ALL;', called.identity)
        ELSE 'Write its body as RETURN expression, or BEGIN ATOMIC ... END.'
    END AS remediation,
    jsonb_build_object('function', called.identity) AS metadata,
    format('policy_helper:%s:%s', called.identity, problem.text) AS cache_key
FROM (
    SELECT DISTINCT
        p.oid,
        format(
            '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
        ) AS identity
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE d.classid = 'pg_policy'::regclass
      AND d.refclassid = 'pg_proc'::regclass
      AND n.nspname IN (SELECT kernel.guarded_schemas())
      -- A definer function is never inlined; it is pinned, and wrapped as (SELECT f()).
      AND NOT p.prosecdef
) AS called
JOIN pg_catalog.pg_proc AS p ON p.oid = called.oid
CROSS JOIN LATERAL (
    VALUES
        ('has its body as a string', p.prosqlbody IS NULL),
        ('is volatile', p.provolatile = 'v'),
        ('has settings, so it is not inlined', p.proconfig IS NOT NULL)
) AS problem (text, is_there)
WHERE problem.is_there;

COMMENT ON VIEW kernel.check_policy_helper IS
'Functions that policies call and that have their body as a string, are volatile, or have settings.
Definer functions are left out: they are pinned.';

GRANT SELECT ON kernel.check_policy_helper TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_definer_function
WITH (security_invoker = true)
AS
SELECT
    'definer_function' AS name,
    'A definer function can do too much' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A SECURITY DEFINER function runs with the rights of its owner. With a loose'
    ' search_path its caller decides what it calls; owned by a superuser or by the'
    ' owner of everything, it gives those rights away.' AS description,
    format('%s %s.', f.identity, problem.text) AS detail,
    problem.mend AS remediation,
    jsonb_build_object('function', f.identity) AS metadata,
    format('definer_function:%s:%s', f.identity, problem.text) AS cache_key
FROM (
    SELECT p.oid, p.proowner, p.proconfig, p.proacl, format(
        '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS identity
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND p.prosecdef
) AS f
CROSS JOIN LATERAL (
    SELECT
        'does not SET search_path = pg_catalog, pg_temp',
        format('ALTER ROUTINE %s SET search_path = pg_catalog, pg_temp;', f.identity)
    WHERE NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (f.proconfig), false)
    UNION ALL
    SELECT
        'has the rights of the owner of everything, for others than the runner',
        string_agg(
            format(
                'REVOKE EXECUTE ON ROUTINE %s FROM %s;', f.identity,
                CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END
            ),
            ' '
        )
    FROM pg_catalog.aclexplode(
        coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))
    ) AS acl
    WHERE f.proowner::regrole::text = 'strongroom_owner'
      AND acl.grantee <> f.proowner
      AND (acl.grantee = 0 OR acl.grantee::regrole::text <> 'strongroom_runner')
    HAVING count(*) > 0
    UNION ALL
    SELECT
        'has the rights of a superuser',
        format('ALTER ROUTINE %s OWNER TO strongroom_definer;', f.identity)
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = f.proowner AND r.rolsuper
) AS problem (text, mend);

COMMENT ON VIEW kernel.check_definer_function IS
'SECURITY DEFINER functions that don''t pin their search_path, that belong to a superuser, or that
belong to strongroom_owner and serve others than strongroom_runner.';

GRANT SELECT ON kernel.check_definer_function TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_leakproof_function
WITH (security_invoker = true)
AS
SELECT
    'leakproof_function' AS name,
    'A function of ours is marked leakproof' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'PostgreSQL runs a leakproof function on rows before it knows whether the'
    ' caller may see them. What it says of its arguments, by an error or'
    ' otherwise, then tells of the rows of others.' AS description,
    format(
        '%I.%I(%s) is marked LEAKPROOF.', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS detail,
    format(
        'ALTER FUNCTION %I.%I(%s) NOT LEAKPROOF;', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', p.proname) AS metadata,
    format(
        'leakproof_function:%I.%I(%s)', n.nspname, p.proname,
        pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS cache_key
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND p.proleakproof;

COMMENT ON VIEW kernel.check_leakproof_function IS
'Functions of ours that are marked LEAKPROOF.';

GRANT SELECT ON kernel.check_leakproof_function TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_unindexed_foreign_key
WITH (security_invoker = true)
AS
SELECT
    'unindexed_foreign_key' AS name,
    'A foreign key has no index' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'Each row that is deleted or gets another key scans the whole table that'
    ' refers to it, so erasure takes time by the square.' AS description,
    format(
        '%I on %I.%I: no index begins with its columns.', f.conname, n.nspname, c.relname
    ) AS detail,
    format(
        'CREATE INDEX%s ON %I.%I (%s);',
        CASE c.relkind WHEN 'p' THEN '' ELSE ' CONCURRENTLY' END, n.nspname, c.relname,
        (
            SELECT string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.attnum
        )
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', f.conname) AS metadata,
    format('unindexed_foreign_key:%I.%I:%I', n.nspname, c.relname, f.conname) AS cache_key
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  -- A partition is served by the index of its root.
  AND f.conparentid = 0
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_index AS i
      WHERE i.indrelid = f.conrelid
        AND i.indisvalid
        AND i.indnkeyatts >= cardinality(f.conkey)
        -- The first columns of the index are those of the key, in any order.
        AND (i.indkey::smallint[])[0:cardinality(f.conkey) - 1] @> f.conkey
        AND (
            i.indpred IS NULL
            -- Rows that refer to nothing may be left out.
            OR EXISTS (
                SELECT
                FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = f.conrelid
                  AND a.attnum = ANY (f.conkey)
                  AND pg_catalog.pg_get_expr(i.indpred, i.indrelid)
                      = format('(%I IS NOT NULL)', a.attname)
            )
        )
  );

COMMENT ON VIEW kernel.check_unindexed_foreign_key IS
'Foreign keys whose columns no valid index begins with, in any order. An index of the rows that
refer to something will do.';

GRANT SELECT ON kernel.check_unindexed_foreign_key TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_redundant_index
WITH (security_invoker = true)
AS
WITH indexes AS (
    SELECT
        i.indexrelid,
        i.indrelid,
        i.indisunique,
        x.relam,
        x.relkind,
        format('%I.%I', n.nspname, x.relname) AS name,
        -- Columns with operator class, collation and direction; what is included does not count.
        (
            SELECT array_agg(
                concat_ws(
                    ' ',
                    (i.indkey::smallint[])[k],
                    (i.indclass::oid[])[k],
                    (i.indcollation::oid[])[k],
                    (i.indoption::smallint[])[k],
                    CASE
                        WHEN (i.indkey::smallint[])[k] = 0
                            THEN pg_catalog.pg_get_indexdef(i.indexrelid, k + 1, false)
                    END
                )
                ORDER BY k
            )
            FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) AS k
        ) AS keys,
        coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '') AS condition,
        EXISTS (
            SELECT FROM pg_catalog.pg_constraint AS c WHERE c.conindid = i.indexrelid
        ) AS has_constraint
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      -- Those of partitions belong to those of their root.
      AND NOT x.relispartition
)
SELECT
    'redundant_index' AS name,
    'An index is the beginning of another' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'It serves no query that the other does not serve, and every write pays for'
    ' both.' AS description,
    format('%s is the beginning of %s.', less.name, more.name) AS detail,
    format(
        'DROP INDEX%s %s;', CASE less.relkind WHEN 'I' THEN '' ELSE ' CONCURRENTLY' END, less.name
    ) AS remediation,
    jsonb_build_object('index', less.name, 'served_by', more.name) AS metadata,
    format('redundant_index:%s:%s', less.name, more.name) AS cache_key
FROM indexes AS less
JOIN indexes AS more
    ON more.indrelid = less.indrelid
    AND more.relam = less.relam
    AND more.indexrelid <> less.indexrelid
    AND more.condition = less.condition
    AND more.keys[:cardinality(less.keys)] = less.keys
WHERE NOT less.has_constraint
  AND (NOT less.indisunique OR more.indisunique AND more.keys = less.keys)
  -- Of two equal ones only the younger.
  AND (
      more.keys <> less.keys OR more.has_constraint OR more.indisunique AND NOT less.indisunique
      OR more.indexrelid < less.indexrelid
  );

COMMENT ON VIEW kernel.check_redundant_index IS
'Indexes without a constraint that are the beginning of another of the same kind and condition,
column by column; of two equal ones the younger.';

GRANT SELECT ON kernel.check_redundant_index TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_missing_primary_key
WITH (security_invoker = true)
AS
SELECT
    'missing_primary_key' AS name,
    'A table has no primary key' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Rows that nothing tells apart can not be audited, replicated, erased or'
    ' corrected one by one.' AS description,
    format('%I.%I has no primary key.', n.nspname, c.relname) AS detail,
    'Add one; for a table that a user owns: PRIMARY KEY (user_id, id).' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_primary_key:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p')
  -- A partition has that of its root.
  AND NOT c.relispartition
  AND NOT EXISTS (
      SELECT
      FROM kernel.comment_tags(pg_catalog.obj_description(c.oid, 'pg_class')) AS t
      WHERE t.tag = 'keyless' AND t.argument IS NOT NULL
  )
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary
  );

COMMENT ON VIEW kernel.check_missing_primary_key IS
'Tables without a primary key, save those whose comment has the tag @keyless and says why.';

GRANT SELECT ON kernel.check_missing_primary_key TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_set_null_columns
WITH (security_invoker = true)
AS
SELECT
    'set_null_columns' AS name,
    'A foreign key would empty the column of the owner' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'ON DELETE SET NULL on several columns sets all of them, the one that says'
    ' whose row it is as well, unless it names its columns.' AS description,
    format(
        '%I on %I.%I would set every one of its columns, the owner''s too.', f.conname, n.nspname,
        c.relname
    ) AS detail,
    'Drop it and add it again with the columns named: ON DELETE SET NULL (column).' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', f.conname) AS metadata,
    format('set_null_columns:%I.%I:%I', n.nspname, c.relname, f.conname) AS cache_key
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  AND f.conparentid = 0
  AND f.confdeltype IN ('n', 'd')
  AND cardinality(f.conkey) > 1
  AND f.confdelsetcols IS NULL;

COMMENT ON VIEW kernel.check_set_null_columns IS
'Foreign keys over several columns with ON DELETE SET NULL (or SET DEFAULT) that do not name the
columns to set.';

GRANT SELECT ON kernel.check_set_null_columns TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_public_privilege
WITH (security_invoker = true)
AS
SELECT
    'public_privilege' AS name,
    'PUBLIC may use something' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'What is granted to PUBLIC is granted to every role of the server, now and'
    ' later. Functions and types are, unless somebody takes it away.' AS description,
    format('PUBLIC has %s on %s.', held.privilege_type, held.object) AS detail,
    format(
        'REVOKE %s%s ON %s %s FROM PUBLIC;', held.privilege_type, ' (' || held.column_name || ')',
        held.kind, held.object
    ) AS remediation,
    jsonb_build_object('object', held.object, 'privilege', held.privilege_type) AS metadata,
    format(
        'public_privilege:%s:%s:%s', held.object, held.column_name, held.privilege_type
    ) AS cache_key
FROM (
    SELECT 'SCHEMA', format('%I', n.nspname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_namespace AS n
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))
    ) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
        format('%I.%I', n.nspname, c.relname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN pg_catalog.aclexplode(c.relacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        'TABLE', format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(a.attname),
        acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    SELECT
        'ROUTINE',
        format(
            '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
        ),
        NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
    ) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION ALL
    -- Row types of tables and arrays follow what they belong to.
    SELECT 'TYPE', format('%I.%I', n.nspname, t.typname), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    LEFT JOIN pg_catalog.pg_type AS e ON e.typarray = t.oid
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(t.typacl, pg_catalog.acldefault('T', t.typowner))
    ) AS acl
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.typtype <> 'm'
      AND coalesce(c.relkind, 'c') = 'c'
      AND e.oid IS NULL
) AS held (kind, object, column_name, grantee, privilege_type)
WHERE held.grantee = 0;

COMMENT ON VIEW kernel.check_public_privilege IS
'What PUBLIC may do with schemas, tables, columns, sequences, functions and types of ours.';

GRANT SELECT ON kernel.check_public_privilege TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_unsafe_privilege
WITH (security_invoker = true)
AS
SELECT
    'unsafe_privilege' AS name,
    'A role may truncate a table, or pass a right on' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'TRUNCATE ignores row level security and triggers for rows; REFERENCES and'
    ' TRIGGER let others hang things on a table; a grant option lets them hand'
    ' rights on.' AS description,
    format('%s has %s on %I.%I.', held.grantee, held.text, n.nspname, c.relname) AS detail,
    format(
        'REVOKE %s%s%s ON %I.%I FROM %s;',
        CASE WHEN held.is_unsafe THEN '' ELSE 'GRANT OPTION FOR ' END, held.privilege_type,
        held.columns, n.nspname, c.relname, held.grantee
    ) AS remediation,
    jsonb_build_object(
        'schema', n.nspname, 'name', c.relname, 'role', held.grantee, 'privilege', held.text
    ) AS metadata,
    format(
        'unsafe_privilege:%I.%I:%s:%s', n.nspname, c.relname, held.grantee, held.text
    ) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
        acl.privilege_type,
        acl.columns,
        acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE'),
        concat(
            acl.privilege_type, acl.columns,
            CASE WHEN acl.is_grantable THEN ' with the right to grant it' END
        )
    FROM (
        SELECT t.grantee, t.privilege_type, t.is_grantable, NULL
        FROM pg_catalog.aclexplode(c.relacl) AS t
        UNION ALL
        SELECT t.grantee, t.privilege_type, t.is_grantable, format(' (%I)', a.attname)
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS t
        WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS acl (grantee, privilege_type, is_grantable, columns)
    WHERE acl.grantee <> c.relowner
      AND (
          acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR acl.is_grantable
      )
) AS held (grantee, privilege_type, columns, is_unsafe, text)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f');

COMMENT ON VIEW kernel.check_unsafe_privilege IS
'Grants to others than the owner that are more than SELECT, INSERT, UPDATE or DELETE, or that may be
passed on.';

GRANT SELECT ON kernel.check_unsafe_privilege TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_partition_privilege
WITH (security_invoker = true)
AS
SELECT
    'partition_privilege' AS name,
    'A role may reach a partition past its root' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'The policies of the root do not bind who names the partition.' AS description,
    format(
        '%s has %s on the partition %I.%I.', held.grantee,
        string_agg(DISTINCT held.privilege_type, ', '), n.nspname, c.relname
    ) AS detail,
    format('REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname, held.grantee) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'role', held.grantee) AS metadata,
    format('partition_privilege:%I.%I:%s', n.nspname, c.relname, held.grantee) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE t.grantee WHEN 0 THEN 'PUBLIC' ELSE t.grantee::regrole::text END,
        t.privilege_type
    FROM (
        SELECT acl.grantee, acl.privilege_type FROM pg_catalog.aclexplode(c.relacl) AS acl
        UNION ALL
        SELECT acl.grantee, acl.privilege_type
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
        WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS t
    WHERE t.grantee <> c.relowner
) AS held (grantee, privilege_type)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'f')
  AND c.relispartition
GROUP BY n.nspname, c.relname, held.grantee;

COMMENT ON VIEW kernel.check_partition_privilege IS
'Grants on partitions to others than their owner.';

GRANT SELECT ON kernel.check_partition_privilege TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_default_privilege
WITH (security_invoker = true)
AS
SELECT
    'default_privilege' AS name,
    'What is created later is granted by default' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A default grant reaches every table, partition and function that anybody'
    ' adds, before its policies do.' AS description,
    rule.text AS detail,
    rule.mend AS remediation,
    jsonb_build_object('role', rule.creator, 'schema', rule.schema) AS metadata,
    format('default_privilege:%s', rule.text) AS cache_key
FROM (
    SELECT
        format(
            '%s gets %s on every new one of the %s of %s%s.', given.grantee, acl.privilege_type,
            kind.name, given.creator, ' in schema ' || given.schema
        ),
        format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %s%s REVOKE %s ON %s FROM %s;',
            given.creator, ' IN SCHEMA ' || given.schema, acl.privilege_type, kind.name,
            given.grantee
        ),
        given.creator,
        given.schema
    FROM pg_catalog.pg_default_acl AS d
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
    JOIN (
        VALUES
            ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'ROUTINES'), ('T', 'TYPES'), ('n', 'SCHEMAS')
    ) AS kind (letter, name) ON kind.letter = d.defaclobjtype::text
    CROSS JOIN pg_catalog.aclexplode(d.defaclacl) AS acl
    CROSS JOIN LATERAL (
        SELECT
            CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
            d.defaclrole::regrole::text,
            pg_catalog.quote_ident(n.nspname)
    ) AS given (grantee, creator, schema)
    WHERE acl.grantee <> d.defaclrole
      AND (d.defaclnamespace = 0 OR n.nspname IN (SELECT kernel.guarded_schemas()))
    UNION ALL
    -- Functions and types are everybody's from the start, unless the creator's defaults say no.
    SELECT
        format(
            'PUBLIC gets %s on every new one of the %s of %s.', built_in.privilege, built_in.kind,
            r.oid::regrole
        ),
        format(
            'ALTER DEFAULT PRIVILEGES FOR ROLE %s REVOKE %s ON %s FROM PUBLIC;', r.oid::regrole,
            built_in.privilege, built_in.kind
        ),
        r.oid::regrole::text,
        NULL
    FROM pg_catalog.pg_roles AS r
    CROSS JOIN (
        VALUES ('f', 'EXECUTE', 'ROUTINES'), ('T', 'USAGE', 'TYPES')
    ) AS built_in (letter, privilege, kind)
    WHERE (
        r.rolname IN ('strongroom_owner', 'strongroom_definer')
        OR r.rolname IN (SELECT app.name || '_definer' FROM kernel.app_schemas() AS app (name))
    )
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_default_acl AS d
          WHERE d.defaclrole = r.oid
            AND d.defaclnamespace = 0
            AND d.defaclobjtype::text = built_in.letter
      )
) AS rule (text, mend, creator, schema);

COMMENT ON VIEW kernel.check_default_privilege IS
'Default privileges that grant something to others than who creates it, and those of our owners that
leave new functions and types to PUBLIC.';

GRANT SELECT ON kernel.check_default_privilege TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_column_tags
WITH (security_invoker = true)
AS
WITH
columns AS (
    SELECT
        format('%I.%I.%I', n.nspname, c.relname, a.attname) AS object,
        pg_catalog.col_description(c.oid, a.attnum) AS comment
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p', 'm', 'f')
      -- Partitions speak through their root.
      AND NOT c.relispartition
),
tags AS MATERIALIZED (
    SELECT c.object, t.tag, t.argument
    FROM columns AS c
    CROSS JOIN kernel.comment_tags(c.comment) AS t
),
classes AS (
    SELECT
        t.object,
        count(*) FILTER (WHERE t.tag IN ('personal', 'public', 'internal')) AS class_count,
        bool_or(t.tag = 'personal') AS is_personal,
        bool_or(t.tag = 'erase') AS has_erase
    FROM tags AS t
    GROUP BY t.object
)
SELECT
    'column_tags' AS name,
    'A column does not say what it holds' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'Export, erasure, masking and audit follow the tags in the comments of'
    ' columns. A column without a class counts as personal, and nobody knows how'
    ' to erase it.' AS description,
    format('%s %s.', found.object, found.problem) AS detail,
    'COMMENT ON COLUMN, with one of @personal KIND, @public, @internal on a line'
    ' of its own at the end, and @erase below @personal.' AS remediation,
    jsonb_build_object('column', found.object) AS metadata,
    format('column_tags:%s:%s', found.object, found.problem) AS cache_key
FROM (
    SELECT c.object, 'has no class: @personal KIND, @public or @internal'
    FROM columns AS c
    LEFT JOIN classes AS k ON k.object = c.object
    WHERE coalesce(k.class_count, 0) = 0
    UNION ALL
    SELECT k.object, format('has %s classes', k.class_count)
    FROM classes AS k
    WHERE k.class_count > 1
    UNION ALL
    SELECT t.object, format('has an unknown tag: @%s', t.tag)
    FROM tags AS t
    WHERE t.tag NOT IN ('personal', 'public', 'internal', 'erase', 'sealed', 'json', 'subject')
    UNION ALL
    SELECT
        t.object,
        format('has an argument that @%s does not take: %s', t.tag, coalesce(t.argument, 'none'))
    FROM tags AS t
    WHERE t.tag = 'personal' AND t.argument IS NULL
       OR t.tag IN ('public', 'internal') AND t.argument IS NOT NULL
       OR t.tag = 'erase' AND coalesce(t.argument, '') !~ '^(delete|null|mask .+|keep .+)$'
       OR t.tag = 'sealed' AND coalesce(t.argument, '') !~ '^\S+ \S+ \S+$'
       OR t.tag = 'json' AND t.argument IS NULL
    UNION ALL
    SELECT k.object, 'is personal and does not say what erasure does: @erase'
    FROM classes AS k
    WHERE k.is_personal AND NOT k.has_erase
) AS found (object, problem);

COMMENT ON VIEW kernel.check_column_tags IS
'Columns of apps without a class, with several, or with tags that mean nothing. Partitions speak
through their root.';

GRANT SELECT ON kernel.check_column_tags TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_global_unique
WITH (security_invoker = true)
AS
SELECT
    'global_unique' AS name,
    'A unique key spans the rows of all people' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Whoever inserts a value learns whether somebody else has it, and the key'
    ' keeps the table from being spread over machines by person. Where it must be'
    ' so, it is as it is.' AS description,
    format('%I.%I is unique over all people of %I.', n.nspname, x.relname, c.relname) AS detail,
    'Begin the key with the column that says whose row it is, unless the value'
    ' must be unique over all.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('global_unique:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_index AS i ON i.indrelid = c.oid AND i.indisunique
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
CROSS JOIN LATERAL (
    SELECT array_agg(a.attnum)
    FROM kernel.subject_columns(c.oid) AS subject (name)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = subject.name
) AS subject (columns)
WHERE n.nspname IN (SELECT kernel.app_schemas())
  AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND subject.columns IS NOT NULL
  AND NOT (i.indkey::smallint[])[0:i.indnkeyatts - 1] && subject.columns;

COMMENT ON VIEW kernel.check_global_unique IS
'Unique indexes of tables of apps that belong to people, without the column that says whose row it
is.';

GRANT SELECT ON kernel.check_global_unique TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_view_rights
WITH (security_invoker = true)
AS
SELECT
    'view_rights' AS name,
    'A view reads past the policies' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'A view without security_invoker reads with the rights of its owner, and a'
    ' materialised view keeps rows where no policy binds. Only aggregates for'
    ' analysts may, behind a barrier.' AS description,
    format(
        '%I.%I %s.', n.nspname, c.relname, CASE c.relkind
            WHEN 'm' THEN 'keeps rows outside row level security, and others may read them'
            ELSE 'reads with the rights of its owner'
        END
    ) AS detail,
    CASE c.relkind
        WHEN 'm' THEN (
            SELECT string_agg(
                DISTINCT format(
                    'REVOKE ALL ON %I.%I FROM %s;', n.nspname, c.relname,
                    CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END
                ),
                ' '
            )
            FROM pg_catalog.aclexplode(c.relacl) AS acl
            WHERE acl.grantee <> c.relowner
        )
        ELSE format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, c.relname)
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('view_rights:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND (
      c.relkind = 'm'
      AND EXISTS (
          SELECT FROM pg_catalog.aclexplode(c.relacl) AS acl WHERE acl.grantee <> c.relowner
      )
      OR c.relkind = 'v'
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
          WHERE o.option_name = 'security_invoker' AND o.option_value::boolean
      )
      -- An analyst reads no table, and gets what the owner counts.
      AND NOT (
          EXISTS (
              SELECT
              FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
              WHERE o.option_name = 'security_barrier' AND o.option_value::boolean
          )
          AND NOT EXISTS (
              SELECT
              FROM pg_catalog.aclexplode(c.relacl) AS acl
              WHERE acl.grantee <> c.relowner
                AND (acl.grantee = 0 OR acl.grantee::regrole::text <> n.nspname || '_analyst')
          )
      )
  );

COMMENT ON VIEW kernel.check_view_rights IS
'Views that read with the rights of their owner, save barriers for analysts alone, and materialised
views that others than their owner may read.';

GRANT SELECT ON kernel.check_view_rights TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_role_rights
WITH (security_invoker = true)
AS
WITH wanted (name, may_log_in) AS (
    VALUES
        ('strongroom_owner', false), ('strongroom_client', false), ('strongroom_migrator', true),
        ('strongroom_login', true), ('strongroom_runner', true), ('strongroom_definer', false),
        ('strongroom_auditor', false)
    UNION ALL
    SELECT app.name || kind.suffix, false
    FROM kernel.app_schemas() AS app (name)
    CROSS JOIN (VALUES ('_app'), ('_worker'), ('_analyst'), ('_definer')) AS kind (suffix)
)
SELECT
    'role_rights' AS name,
    'A role of ours can do too much, or is missing' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'Policies bind neither superusers nor roles with BYPASSRLS; a role that'
    ' inherits another, makes roles or replicates gets past what its grants say.' AS description,
    format('%s %s.', found.role, found.problem) AS detail,
    found.mend AS remediation,
    jsonb_build_object('role', found.role) AS metadata,
    format('role_rights:%s:%s', found.role, found.problem) AS cache_key
FROM (
    SELECT
        pg_catalog.quote_ident(w.name),
        'does not exist',
        'An administrator runs schema/roles.sql.'
    FROM wanted AS w
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = w.name)
    UNION ALL
    SELECT
        pg_catalog.quote_ident(w.name),
        problem.text,
        format('ALTER ROLE %I %s;', w.name, problem.mend)
    FROM wanted AS w
    JOIN pg_catalog.pg_roles AS r ON r.rolname = w.name
    CROSS JOIN LATERAL (
        VALUES
            ('is a superuser', 'NOSUPERUSER', r.rolsuper),
            ('bypasses row level security', 'NOBYPASSRLS', r.rolbypassrls),
            ('may create roles', 'NOCREATEROLE', r.rolcreaterole),
            ('may replicate', 'NOREPLICATION', r.rolreplication),
            ('may log in', 'NOLOGIN', r.rolcanlogin AND NOT w.may_log_in)
    ) AS problem (text, mend, is_there)
    WHERE problem.is_there
    UNION ALL
    SELECT
        pg_catalog.quote_ident(w.name),
        'has the rights of ' || pg_catalog.quote_ident(other.name),
        format('REVOKE %I FROM %I;', other.name, w.name)
    FROM wanted AS w
    JOIN wanted AS other ON other.name <> w.name AND other.name <> 'strongroom_client'
    JOIN pg_catalog.pg_roles AS r ON r.rolname = w.name
    JOIN pg_catalog.pg_roles AS o ON o.rolname = other.name
    WHERE pg_catalog.pg_has_role(r.oid, o.oid, 'USAGE')
      AND NOT r.rolsuper
      AND NOT (w.name = 'strongroom_owner' AND other.name LIKE '%\_definer')
) AS found (role, problem, mend);

COMMENT ON VIEW kernel.check_role_rights IS
'Roles of the kernel and of apps that are missing, that policies do not bind, or that have rights of
each other.';

GRANT SELECT ON kernel.check_role_rights TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_index_not_leakproof
WITH (security_invoker = true)
AS
SELECT
    'index_not_leakproof' AS name,
    'An index is out of reach of whoever policies bind' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'Under row level security a callers own filter becomes an index condition'
    ' only if its operator is leakproof. Full text, trigram, jsonb, vector and'
    ' geometry operators are not: such an index serves definer functions with a'
    ' policy of their own, and ORDER BY distance.' AS description,
    format(
        '%I.%I: %s is not leakproof, and policies bind readers.', n.nspname, x.relname,
        operator.name
    ) AS detail,
    'Search through a SECURITY DEFINER function of a narrow role, with the'
    ' ownership predicate written out; for lists of values use text with a CHECK.' AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('index_not_leakproof:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid AND NOT x.relispartition
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid AND c.relrowsecurity
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_opclass AS k ON k.oid = (i.indclass::oid[])[0]
CROSS JOIN LATERAL (
    -- The operator that such an index is for: equality in a btree, else the first that searches.
    SELECT a.amopopr::regoperator::text, f.proleakproof
    FROM pg_catalog.pg_amop AS a
    JOIN pg_catalog.pg_operator AS o ON o.oid = a.amopopr
    JOIN pg_catalog.pg_proc AS f ON f.oid = o.oprcode
    JOIN pg_catalog.pg_am AS m ON m.oid = a.amopmethod
    WHERE a.amopfamily = k.opcfamily
      AND a.amoplefttype = k.opcintype
      AND a.amoppurpose = 's'
    ORDER BY
        a.amoprighttype = a.amoplefttype DESC, m.amname = 'btree' AND a.amopstrategy = 3 DESC,
        a.amopstrategy
    LIMIT 1
) AS operator (name, is_leakproof)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND NOT operator.is_leakproof
  AND EXISTS (
      SELECT
      FROM pg_catalog.pg_policy AS p
      WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') AND p.polroles <> ARRAY[c.relowner]
  );

COMMENT ON VIEW kernel.check_index_not_leakproof IS
'Indexes on tables with policies whose first operator is not leakproof, so that queries under a
policy do not use them.';

GRANT SELECT ON kernel.check_index_not_leakproof TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_invalid_index
WITH (security_invoker = true)
AS
SELECT
    'invalid_index' AS name,
    'An index is not valid' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PERFORMANCE'] AS categories,
    'No query uses an index that is not valid, and a unique one keeps nothing'
    ' unique; every write pays for it all the same.' AS description,
    format('%I.%I is not valid.', n.nspname, x.relname) AS detail,
    format(
        'REINDEX INDEX%s %I.%I;',
        CASE x.relkind WHEN 'I' THEN '' ELSE ' CONCURRENTLY' END, n.nspname, x.relname
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'index', x.relname) AS metadata,
    format('invalid_index:%I.%I', n.nspname, x.relname) AS cache_key
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = x.relnamespace
WHERE n.nspname <> 'pg_toast'
  AND NOT (i.indisvalid AND i.indisready)
  -- One that is being built becomes valid at the end.
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_stat_progress_create_index AS b
      WHERE b.index_relid = i.indexrelid
  );

COMMENT ON VIEW kernel.check_invalid_index IS
'Indexes of this database, of any schema, that an interrupted CREATE or REINDEX CONCURRENTLY left
invalid. One that is being built is left out.';

GRANT SELECT ON kernel.check_invalid_index TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_constraint_not_validated
WITH (security_invoker = true)
AS
SELECT
    'constraint_not_validated' AS name,
    'A constraint is not validated' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Rows from before the constraint may break it, and the planner does not count'
    ' on it.' AS description,
    format('%I on %I.%I is not validated.', k.conname, n.nspname, c.relname) AS detail,
    format(
        'ALTER TABLE %I.%I VALIDATE CONSTRAINT %I;', n.nspname, c.relname, k.conname
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', k.conname) AS metadata,
    format('constraint_not_validated:%I.%I:%I', n.nspname, c.relname, k.conname) AS cache_key
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT k.convalidated
  -- That of a root tells for its partitions.
  AND k.conparentid = 0
  AND k.coninhcount = 0;

COMMENT ON VIEW kernel.check_constraint_not_validated IS
'Constraints of tables of this database, of any schema, that were added NOT VALID and never
validated.';

GRANT SELECT ON kernel.check_constraint_not_validated TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_trigger_not_enabled
WITH (security_invoker = true)
AS
SELECT
    'trigger_not_enabled' AS name,
    'A trigger is not enabled as usual' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'Foreign keys, audit and ledgers are triggers. One that is disabled keeps'
    ' nothing; one that is for replicas alone, or for all, fires when nobody'
    ' expects it.' AS description,
    format('%I on %I.%I is not enabled as usual.', t.name, t.schema_name, t.table_name) AS detail,
    CASE
        -- What a constraint consists of can only be enabled with all the others.
        WHEN t.is_internal
            THEN format('ALTER TABLE %I.%I ENABLE TRIGGER ALL;', t.schema_name, t.table_name)
        ELSE format('ALTER TABLE %I.%I ENABLE TRIGGER %I;', t.schema_name, t.table_name, t.name)
    END AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'trigger', t.name
    ) AS metadata,
    format('trigger_not_enabled:%I.%I:%I', t.schema_name, t.table_name, t.name) AS cache_key
FROM (
    -- A foreign key has several triggers on a table; it is told of once.
    SELECT DISTINCT
        n.nspname, c.relname, coalesce(k.conname, t.tgname), t.tgisinternal
    FROM pg_catalog.pg_trigger AS t
    JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      AND t.tgenabled <> 'O'
) AS t (schema_name, table_name, name, is_internal);

COMMENT ON VIEW kernel.check_trigger_not_enabled IS
'Triggers of ours that are disabled, or enabled for replicas alone or always; those of foreign keys
too.';

GRANT SELECT ON kernel.check_trigger_not_enabled TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_sequence_use
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 70) AS warn, coalesce(max(t.error), 90) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'sequence_use'
)
SELECT
    'sequence_use' AS name,
    'A sequence is running out' AS title,
    CASE WHEN s.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'At its last value a sequence fails every INSERT.' AS description,
    format(
        '%I.%I has used %s %% of its values.', s.schema_name, s.sequence_name, s.percent
    ) AS detail,
    'Give the column more room (bigint), or the sequence a higher end: ALTER'
    ' SEQUENCE ... MAXVALUE.' AS remediation,
    jsonb_build_object(
        'schema', s.schema_name, 'name', s.sequence_name, 'last_value', s.last_value,
        'end_value', s.end_value, 'percent', s.percent
    ) AS metadata,
    format('sequence_use:%I.%I', s.schema_name, s.sequence_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        u.schema_name,
        u.sequence_name,
        u.last_value,
        u.end_value,
        round(100 * u.last_value::numeric / u.end_value, 1)
    FROM kernel.sequence_use() AS u
) AS s (schema_name, sequence_name, last_value, end_value, percent)
WHERE s.percent >= l.warn;

COMMENT ON VIEW kernel.check_sequence_use IS
'Sequences of ours that have used much of their values: WARN from 70 %, ERROR from 90 % (percent).';

GRANT SELECT ON kernel.check_sequence_use TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_transaction_id_age
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 500000000) AS warn, coalesce(max(t.error), 1200000000) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'transaction_id_age'
)
SELECT
    'transaction_id_age' AS name,
    'Transaction ids are running out' AS title,
    CASE WHEN a.age >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'When 2 billion transactions lie between the oldest row that is not frozen'
    ' and the newest, the server stops taking writes. Something keeps vacuum back:'
    ' a long transaction, a slot, or autovacuum that is off or too slow.' AS description,
    format('Database %I: the oldest %s is %s old.', a.datname, a.kind, a.age) AS detail,
    'Find what holds it back (checks long_transaction, prepared_transaction,'
    ' replication_slot), then VACUUM FREEZE the tables of greatest'
    ' age(relfrozenxid).' AS remediation,
    jsonb_build_object('database', a.datname, 'kind', a.kind, 'age', a.age) AS metadata,
    format('transaction_id_age:%I:%s', a.datname, a.kind) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT d.datname, kind.name, kind.age
    FROM pg_catalog.pg_database AS d
    CROSS JOIN LATERAL (
        VALUES
            ('transaction id', pg_catalog.age(d.datfrozenxid)),
            ('multixact id', pg_catalog.mxid_age(d.datminmxid))
    ) AS kind (name, age)
) AS a (datname, kind, age)
WHERE a.age >= l.warn;

COMMENT ON VIEW kernel.check_transaction_id_age IS
'Databases of the server whose oldest transaction or multixact id is very old: WARN from 500
million, ERROR from 1.2 billion (transactions).';

GRANT SELECT ON kernel.check_transaction_id_age TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_long_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 900) AS warn, coalesce(max(t.error), 3600) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'long_transaction'
)
SELECT
    'long_transaction' AS name,
    'A transaction has been running for long' AS title,
    CASE WHEN s.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'While it runs, vacuum removes nothing that it might still see, in any table,'
    ' and its locks stay.' AS description,
    format(
        'Process %s of %I (%s) has had a transaction open for %s.', s.pid, s.usename,
        s.application_name, make_interval(secs => floor(s.seconds))
    ) AS detail,
    format('SELECT pg_catalog.pg_cancel_backend(%s);', s.pid) AS remediation,
    jsonb_build_object(
        'pid', s.pid, 'role', s.usename, 'application', s.application_name,
        'seconds', floor(s.seconds)
    ) AS metadata,
    format('long_transaction:%s:%s', s.pid, s.backend_start) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        a.pid, a.usename, a.application_name, a.backend_start,
        extract(epoch FROM clock_timestamp() - a.xact_start)
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.backend_type = 'client backend'
      AND a.pid <> pg_catalog.pg_backend_pid()
      AND a.state IN ('active', 'fastpath function call')
) AS s (pid, usename, application_name, backend_start, seconds)
WHERE s.seconds >= l.warn;

COMMENT ON VIEW kernel.check_long_transaction IS
'Transactions of clients that are at work: WARN from 900, ERROR from 3600 (seconds). Those of other
roles are seen by pg_monitor alone.';

GRANT SELECT ON kernel.check_long_transaction TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_idle_in_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 60) AS warn, coalesce(max(t.error), 900) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'idle_in_transaction'
)
SELECT
    'idle_in_transaction' AS name,
    'A session sits in an open transaction' AS title,
    CASE WHEN s.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'It does nothing, keeps its locks, and keeps vacuum from removing rows.' AS description,
    format(
        'Process %s of %I (%s) has been idle in a transaction for %s.', s.pid, s.usename,
        s.application_name, make_interval(secs => floor(s.seconds))
    ) AS detail,
    format('SELECT pg_catalog.pg_terminate_backend(%s);', s.pid) AS remediation,
    jsonb_build_object(
        'pid', s.pid, 'role', s.usename, 'application', s.application_name,
        'seconds', floor(s.seconds)
    ) AS metadata,
    format('idle_in_transaction:%s:%s', s.pid, s.backend_start) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        a.pid, a.usename, a.application_name, a.backend_start,
        extract(epoch FROM clock_timestamp() - a.state_change)
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.state LIKE 'idle in transaction%'
) AS s (pid, usename, application_name, backend_start, seconds)
WHERE s.seconds >= l.warn;

COMMENT ON VIEW kernel.check_idle_in_transaction IS
'Sessions that are idle in a transaction: WARN from 60, ERROR from 900 (seconds). Those of other
roles are seen by pg_monitor alone.';

GRANT SELECT ON kernel.check_idle_in_transaction TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_blocked_session
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 10) AS warn, coalesce(max(t.error), 300) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'blocked_session'
)
SELECT
    'blocked_session' AS name,
    'A session waits for a lock' AS title,
    CASE WHEN w.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Whoever asks for the same lock queues behind it.' AS description,
    format(
        'Process %s has waited for %s for %s; it waits for process %s.', w.pid, w.lock,
        make_interval(secs => floor(w.seconds)), array_to_string(w.blockers, ', ')
    ) AS detail,
    'End what blocks, if it is not to finish soon: SELECT pg_cancel_backend(pid).' AS remediation,
    jsonb_build_object(
        'pid', w.pid, 'blockers', w.blockers, 'seconds', floor(w.seconds)
    ) AS metadata,
    format('blocked_session:%s:%s', w.pid, w.since) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        k.pid,
        k.waitstart,
        concat_ws(' on ', k.mode, k.relation::regclass),
        extract(epoch FROM clock_timestamp() - k.waitstart),
        pg_catalog.pg_blocking_pids(k.pid)
    FROM pg_catalog.pg_locks AS k
    WHERE NOT k.granted AND k.waitstart IS NOT NULL
) AS w (pid, since, lock, seconds, blockers)
WHERE w.seconds >= l.warn;

COMMENT ON VIEW kernel.check_blocked_session IS
'Sessions that wait for a lock, with those that hold it: WARN from 10, ERROR from 300 (seconds).';

GRANT SELECT ON kernel.check_blocked_session TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_prepared_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 900) AS warn, coalesce(max(t.error), 3600) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'prepared_transaction'
)
SELECT
    'prepared_transaction' AS name,
    'A prepared transaction was forgotten' AS title,
    CASE WHEN p.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'It survives restarts, keeps its locks, and keeps vacuum from removing rows'
    ' until somebody ends it.' AS description,
    format(
        '%L of %I in database %I was prepared %s ago.', p.gid, p.owner, p.database,
        make_interval(secs => floor(p.seconds))
    ) AS detail,
    format('ROLLBACK PREPARED %L;', p.gid) AS remediation,
    jsonb_build_object('gid', p.gid, 'owner', p.owner, 'seconds', floor(p.seconds)) AS metadata,
    format('prepared_transaction:%s', p.gid) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT x.gid, x.owner, x.database, extract(epoch FROM clock_timestamp() - x.prepared)
    FROM pg_catalog.pg_prepared_xacts AS x
) AS p (gid, owner, database, seconds)
WHERE p.seconds >= l.warn;

COMMENT ON VIEW kernel.check_prepared_transaction IS
'Transactions that were prepared and not ended: WARN from 900, ERROR from 3600 (seconds).';

GRANT SELECT ON kernel.check_prepared_transaction TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_connections
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 80) AS warn, coalesce(max(t.error), 95) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'connections'
)
SELECT
    'connections' AS name,
    'Connections are running out' AS title,
    CASE WHEN c.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'Past the last one nobody gets in but a superuser.' AS description,
    format('%s of %s connections are taken.', c.taken, c.room) AS detail,
    'Put a pooler in between (transaction mode will do), find what leaks'
    ' connections, or raise max_connections.' AS remediation,
    jsonb_build_object('taken', c.taken, 'room', c.room, 'percent', c.percent) AS metadata,
    'connections' AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT n.taken, n.room, round(100.0 * n.taken / n.room, 1)
    FROM (
        SELECT
            sum(d.numbackends),
            pg_catalog.current_setting('max_connections')::integer
                - pg_catalog.current_setting('superuser_reserved_connections')::integer
        FROM pg_catalog.pg_stat_database AS d
    ) AS n (taken, room)
) AS c (taken, room, percent)
WHERE c.percent >= l.warn;

COMMENT ON VIEW kernel.check_connections IS
'Connections that are taken, of those that are not kept for superusers: WARN from 80 %, ERROR from
95 % (percent).';

GRANT SELECT ON kernel.check_connections TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_cache_hit
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 90) AS warn, coalesce(max(t.error), 70) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'cache_hit'
)
SELECT
    'cache_hit' AS name,
    'The cache is too small for what is read' AS title,
    CASE WHEN h.percent < l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Blocks that are not in shared_buffers come from the operating system, or'
    ' from the disk.' AS description,
    format('%s %% of the blocks that this database read were in the cache.', h.percent) AS detail,
    'Look for queries that read much (kernel.slow_statements), then at'
    ' shared_buffers.' AS remediation,
    jsonb_build_object('percent', h.percent, 'blocks', h.blocks) AS metadata,
    'cache_hit' AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT d.blks_hit + d.blks_read, round(100.0 * d.blks_hit / (d.blks_hit + d.blks_read), 1)
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = pg_catalog.current_database()
      -- Too few say nothing: a server that was just started reads everything once.
      AND d.blks_hit + d.blks_read > 1000000
) AS h (blocks, percent)
WHERE h.percent < l.warn;

COMMENT ON VIEW kernel.check_cache_hit IS
'The share of blocks that this database found in the cache since its statistics began, from a
million blocks on: WARN below 90 %, ERROR below 70 % (percent).';

GRANT SELECT ON kernel.check_cache_hit TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_replication_lag
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 30) AS warn, coalesce(max(t.error), 300) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'replication_lag'
)
SELECT
    'replication_lag' AS name,
    'A standby lags behind' AS title,
    CASE WHEN r.seconds >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'What is read there is old, and what it has not got yet would be lost with'
    ' the primary.' AS description,
    format(
        '%s lags by %s%s.', r.name, make_interval(secs => floor(coalesce(r.seconds, 0))),
        ', ' || pg_catalog.pg_size_pretty(r.bytes)
    ) AS detail,
    'Look for long queries on the standby, a slow network or disk, or a standby'
    ' that is gone.' AS remediation,
    jsonb_build_object(
        'standby', r.name, 'seconds', floor(r.seconds), 'bytes', r.bytes
    ) AS metadata,
    format('replication_lag:%s', r.name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        format('Standby %s', coalesce(nullif(s.application_name, ''), s.pid::text)),
        extract(epoch FROM s.replay_lag),
        CASE
            WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_current_wal_lsn() - s.replay_lsn
        END
    FROM pg_catalog.pg_stat_replication AS s
    UNION ALL
    -- On the standby itself; one that has replayed all that it got waits for nothing.
    SELECT
        'This standby',
        extract(epoch FROM clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()),
        pg_catalog.pg_last_wal_receive_lsn() - pg_catalog.pg_last_wal_replay_lsn()
    WHERE pg_catalog.pg_is_in_recovery()
      AND pg_catalog.pg_last_wal_receive_lsn()
          IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
) AS r (name, seconds, bytes)
-- One that replays nothing reports no time to the primary.
WHERE r.seconds >= l.warn OR r.bytes >= 268435456;

COMMENT ON VIEW kernel.check_replication_lag IS
'Standbys, seen from the primary or from themselves: WARN from 30 or 256 MB, ERROR from 300
(seconds). The primary shows them to pg_monitor alone.';

GRANT SELECT ON kernel.check_replication_lag TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_replication_slot
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 1073741824) AS warn, coalesce(max(t.error), 10737418240) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'replication_slot'
)
SELECT
    'replication_slot' AS name,
    'A replication slot keeps WAL' AS title,
    CASE WHEN s.is_lost OR s.bytes >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'AVAILABILITY'] AS categories,
    'The server keeps all WAL that a slot has not read, until the disk is full;'
    ' what the slots xmin holds, vacuum leaves. A slot that was lost feeds nobody.' AS description,
    format(
        'Slot %s %s.', s.slot_name, CASE
            WHEN s.is_lost THEN 'was lost: the WAL that it needs is gone'
            ELSE format(
                'is %s and keeps %s of WAL',
                CASE WHEN s.active THEN 'active' ELSE 'not active' END,
                pg_catalog.pg_size_pretty(s.bytes)
            )
        END
    ) AS detail,
    CASE
        WHEN s.active THEN 'Look why its reader is slow.'
        ELSE format('SELECT pg_catalog.pg_drop_replication_slot(%L);', s.slot_name)
    END AS remediation,
    jsonb_build_object('slot', s.slot_name, 'active', s.active, 'bytes', s.bytes) AS metadata,
    format('replication_slot:%s', s.slot_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        r.slot_name,
        r.active,
        coalesce(r.wal_status = 'lost', false),
        CASE
            WHEN NOT pg_catalog.pg_is_in_recovery()
                THEN pg_catalog.pg_current_wal_lsn() - r.restart_lsn
        END
    FROM pg_catalog.pg_replication_slots AS r
) AS s (slot_name, active, is_lost, bytes)
WHERE s.is_lost OR NOT s.active OR s.bytes >= l.warn;

COMMENT ON VIEW kernel.check_replication_slot IS
'Replication slots that are lost (ERROR), have no reader (WARN), or keep much WAL: WARN from 1 GB,
ERROR from 10 GB (bytes).';

GRANT SELECT ON kernel.check_replication_slot TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_dead_rows
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 50) AS warn, coalesce(max(t.error), 200) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'dead_rows'
)
SELECT
    'dead_rows' AS name,
    'Vacuum does not keep up with a table' AS title,
    CASE WHEN t.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Dead rows are read over by every scan, and the space is not used again until'
    ' they are removed. Erased values stay on the disk as long.' AS description,
    format(
        '%I.%I has %s dead rows to %s that live; last vacuum: %s.', t.schema_name, t.table_name,
        t.dead, t.live, coalesce(to_char(t.vacuumed_at, 'YYYY-MM-DD HH24:MI'), 'never')
    ) AS detail,
    format('VACUUM (ANALYZE) %I.%I;', t.schema_name, t.table_name) AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'dead', t.dead, 'live', t.live
    ) AS metadata,
    format('dead_rows:%I.%I', t.schema_name, t.table_name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        s.schemaname, s.relname, s.n_dead_tup, s.n_live_tup,
        greatest(s.last_vacuum, s.last_autovacuum),
        round(100.0 * s.n_dead_tup / greatest(s.n_live_tup, 1), 1)
    FROM pg_catalog.pg_stat_user_tables AS s
    -- Autovacuum begins at 20 % by default; small tables don't matter.
    WHERE s.n_dead_tup >= 10000
) AS t (schema_name, table_name, dead, live, vacuumed_at, percent)
WHERE t.percent >= l.warn;

COMMENT ON VIEW kernel.check_dead_rows IS
'Tables of at least 10,000 dead rows, of which there are many to those that live: WARN from 50 %,
ERROR from 200 % (percent).';

GRANT SELECT ON kernel.check_dead_rows TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_stale_statistics
WITH (security_invoker = true)
AS
SELECT
    'stale_statistics' AS name,
    'The planner knows little of a table' AS title,
    'WARN' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Plans are chosen by statistics. Autovacuum gathers them for tables and'
    ' partitions, never for the root of partitions.' AS description,
    format(
        '%I.%I: %s.', t.schema_name, t.table_name, CASE
            WHEN t.analyzed_at IS NULL THEN 'never analyzed'
            ELSE format('%s rows changed since it was last analyzed', t.changed)
        END
    ) AS detail,
    format('ANALYZE %I.%I;', t.schema_name, t.table_name) AS remediation,
    jsonb_build_object(
        'schema', t.schema_name, 'name', t.table_name, 'changed', t.changed
    ) AS metadata,
    format('stale_statistics:%I.%I', t.schema_name, t.table_name) AS cache_key
FROM (
    SELECT
        s.schemaname, s.relname, s.n_mod_since_analyze,
        greatest(s.last_analyze, s.last_autoanalyze),
        -- A root has no rows of its own: PostgreSQL counts those of its partitions.
        coalesce(below.live, s.n_live_tup)
    FROM pg_catalog.pg_stat_user_tables AS s
    LEFT JOIN (
        SELECT i.inhparent, sum(p.n_live_tup)
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_stat_user_tables AS p ON p.relid = i.inhrelid
        GROUP BY i.inhparent
    ) AS below (relid, live) ON below.relid = s.relid
) AS t (schema_name, table_name, changed, analyzed_at, live)
WHERE t.live >= 10000
  AND (t.analyzed_at IS NULL OR t.changed >= t.live / 2);

COMMENT ON VIEW kernel.check_stale_statistics IS
'Tables of at least 10,000 rows that were never analyzed, or of which half the rows changed since;
roots of partitions too.';

GRANT SELECT ON kernel.check_stale_statistics TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_unused_index
WITH (security_invoker = true)
AS
SELECT
    'unused_index' AS name,
    'An index was never used' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Every write pays for it. Standbys count for themselves, and statistics may'
    ' be young: look there before you drop it.' AS description,
    format(
        '%I.%I (%s) was not used once since %s.', s.schemaname, s.indexrelname,
        pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(s.indexrelid)),
        coalesce(to_char(d.stats_reset, 'YYYY-MM-DD'), 'statistics began')
    ) AS detail,
    'When no standby uses it either, drop it: DROP INDEX CONCURRENTLY.' AS remediation,
    jsonb_build_object(
        'schema', s.schemaname, 'name', s.relname, 'index', s.indexrelname
    ) AS metadata,
    format('unused_index:%I.%I', s.schemaname, s.indexrelname) AS cache_key
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_index AS i ON i.indexrelid = s.indexrelid
JOIN pg_catalog.pg_class AS x ON x.oid = s.indexrelid
JOIN pg_catalog.pg_stat_database AS d ON d.datname = pg_catalog.current_database()
WHERE s.idx_scan = 0
  AND NOT i.indisunique
  AND i.indisvalid
  -- Ten megabytes.
  AND x.relpages >= 1280;

COMMENT ON VIEW kernel.check_unused_index IS
'Indexes of at least 10 MB, none of them unique, that no query used since statistics began.';

GRANT SELECT ON kernel.check_unused_index TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_bloat
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 50) AS warn, coalesce(max(t.error), 80) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'bloat'
),
-- Bytes of each column: a fixed width from the type, others from statistics where this role sees
-- them. Brought together by grouping, for the planner can't know how many statistics it will see.
columns AS (
    SELECT
        n.nspname AS schema_name,
        c.relname AS table_name,
        a.attname AS column_name,
        c.oid AS relation,
        nullif(greatest(a.attlen, 0), 0)::integer AS bytes
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'm', 'i')
      AND c.reltuples >= 0
      -- Ten megabytes: less is not worth the work.
      AND c.relpages >= 1280
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    UNION ALL
    SELECT s.schemaname, s.tablename, s.attname, NULL, s.avg_width
    FROM pg_catalog.pg_stats AS s
    WHERE NOT s.inherited
),
widths AS (
    SELECT k.relation, count(*) AS columns, sum(k.bytes) AS bytes, count(k.bytes) AS known
    FROM (
        SELECT max(c.relation), max(c.bytes)
        FROM columns AS c
        GROUP BY c.schema_name, c.table_name, c.column_name
    ) AS k (relation, bytes)
    WHERE k.relation IS NOT NULL
    GROUP BY k.relation
)
SELECT
    'bloat' AS name,
    'A table or index is larger than its rows (an estimate)' AS title,
    CASE WHEN b.percent >= l.error THEN 'ERROR' ELSE 'WARN' END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'Space that rows have left is read and cached all the same. This is an'
    ' estimate from statistics; pgstattuple measures.' AS description,
    format(
        '%s %I.%I: about %s of %s is not needed (an estimate).',
        CASE b.relkind WHEN 'i' THEN 'Index' ELSE 'Table' END, b.schema_name, b.name,
        pg_catalog.pg_size_pretty(b.wasted), pg_catalog.pg_size_pretty(b.bytes)
    ) AS detail,
    CASE b.relkind
        WHEN 'i' THEN format('REINDEX INDEX CONCURRENTLY %I.%I;', b.schema_name, b.name)
        ELSE 'Measure with pgstattuple; then pg_repack, or VACUUM FULL, which locks everybody out.'
    END AS remediation,
    jsonb_build_object(
        'schema', b.schema_name, 'name', b.name, 'bytes', b.bytes, 'wasted', b.wasted
    ) AS metadata,
    format('bloat:%I.%I', b.schema_name, b.name) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        n.nspname,
        c.relname,
        c.relkind,
        size.bytes,
        size.bytes - need.bytes,
        round(100.0 * (size.bytes - need.bytes) / size.bytes, 1)
    FROM widths AS w
    JOIN pg_catalog.pg_class AS c ON c.oid = w.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam AND m.amname IN ('heap', 'btree')
    CROSS JOIN LATERAL (
        SELECT coalesce(
            min(o.option_value::integer), CASE m.amname WHEN 'btree' THEN 90 ELSE 100 END
        )
        FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'fillfactor'
    ) AS fill (factor)
    CROSS JOIN LATERAL (
        SELECT c.relpages * pg_catalog.current_setting('block_size')::bigint
    ) AS size (bytes)
    CROSS JOIN LATERAL (
        -- A row has a header of 28 bytes with its pointer, an entry of an index one of 12.
        SELECT (
            c.reltuples * (w.bytes + CASE m.amname WHEN 'btree' THEN 12 ELSE 28 + w.columns / 2 END)
            * 100 / fill.factor
        )::bigint
    ) AS need (bytes)
    WHERE w.known = w.columns
) AS b (schema_name, name, relkind, bytes, wasted, percent)
WHERE b.percent >= l.warn
  -- A hundred megabytes.
  AND b.wasted >= 104857600;

COMMENT ON VIEW kernel.check_bloat IS
'Tables and btree indexes with at least 100 MB of space that their rows do not need, by an estimate
from the number of rows and their width: WARN from 50 %, ERROR from 80 % (percent). Columns of
variable width count where this role sees their statistics, which row level security hides from all
but superusers and BYPASSRLS; a table or index with one that it does not see is left out.';

GRANT SELECT ON kernel.check_bloat TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_slow_statement
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT coalesce(max(t.warn), 500) AS warn, coalesce(max(t.error), 5000) AS error
    FROM kernel.health_threshold AS t
    WHERE t.check_name = 'slow_statement'
)
SELECT
    'slow_statement' AS name,
    'A statement is slow' AS title,
    CASE
        WHEN s.mean_ms IS NULL THEN 'INFO'
        WHEN s.mean_ms >= l.error THEN 'ERROR'
        ELSE 'WARN'
    END AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'PERFORMANCE'] AS categories,
    'People wait for it, and it holds a connection.' AS description,
    s.detail AS detail,
    s.mend AS remediation,
    jsonb_build_object(
        'query_id', s.query_id::text, 'calls', s.calls, 'mean_ms', s.mean_ms, 'total_ms', s.total_ms
    ) AS metadata,
    format('slow_statement:%s', coalesce(s.role || ':' || s.query_id, 'unknown')) AS cache_key
FROM limits AS l
CROSS JOIN LATERAL (
    SELECT
        t.query_id, t.role::text, t.calls, round(t.mean_ms::numeric, 1),
        round(t.total_ms::numeric, 1),
        format(
            '%s ms on average in %s calls by %s: %s', round(t.mean_ms::numeric, 1), t.calls,
            t.role, pg_catalog.regexp_replace(left(t.query, 200), '\s+', ' ', 'g')
        ),
        'Look at its plan: EXPLAIN (ANALYZE, BUFFERS).'
    FROM kernel.statement_times() AS t
    WHERE t.calls >= 10 AND t.mean_ms >= l.warn
    UNION ALL
    SELECT
        NULL, NULL, NULL, NULL, NULL,
        'Nothing is known of slow statements: pg_stat_statements is not there.',
        'Put pg_stat_statements into shared_preload_libraries, restart the server, and'
        ' CREATE EXTENSION pg_stat_statements; set pg_stat_statements.track_utility = off.'
    WHERE pg_catalog.current_setting('pg_stat_statements.max', true) IS NULL
       OR NOT EXISTS (
           SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_stat_statements'
       )
) AS s (query_id, role, calls, mean_ms, total_ms, detail, mend);

COMMENT ON VIEW kernel.check_slow_statement IS
'Statements that took long on average in at least ten calls, by pg_stat_statements: WARN from 500,
ERROR from 5000 (milliseconds). An INFO where the extension is not there.';

GRANT SELECT ON kernel.check_slow_statement TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_settings
WITH (security_invoker = true)
AS
SELECT
    'settings' AS name,
    'A setting of the server is dangerous' AS title,
    s.level AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'INTEGRITY'] AS categories,
    'Some settings trade durability, isolation or the secrecy of values for speed'
    ' or ease.' AS description,
    format('%s is %s: %s.', s.name, s.value, s.problem) AS detail,
    s.mend AS remediation,
    jsonb_build_object('setting', s.name, 'value', s.value) AS metadata,
    format('settings:%s', s.name) AS cache_key
FROM (
    SELECT rule.level, g.name, g.setting, rule.problem, rule.mend
    FROM (
        VALUES
            ('fsync', '^off$', 'ERROR', 'a crash can leave the database broken',
                'ALTER SYSTEM SET fsync = on;'),
            ('full_page_writes', '^off$', 'ERROR', 'a crash can leave the database broken',
                'ALTER SYSTEM SET full_page_writes = on;'),
            ('synchronous_commit', '^off$', 'WARN', 'a crash takes back what was committed',
                'ALTER SYSTEM SET synchronous_commit = on;'),
            ('data_checksums', '^off$', 'WARN', 'what the disk changes is not noticed',
                'Stop the server and run pg_checksums --enable.'),
            ('ignore_checksum_failure', '^on$', 'ERROR', 'broken blocks are read as if whole',
                'ALTER SYSTEM SET ignore_checksum_failure = off;'),
            ('zero_damaged_pages', '^on$', 'ERROR', 'broken blocks are emptied without a word',
                'ALTER SYSTEM SET zero_damaged_pages = off;'),
            ('row_security', '^off$', 'WARN', 'queries that a policy would bind fail',
                'ALTER SYSTEM SET row_security = on;'),
            ('autovacuum', '^off$', 'ERROR', 'dead rows stay, and transaction ids run out',
                'ALTER SYSTEM SET autovacuum = on;'),
            ('track_counts', '^off$', 'ERROR', 'autovacuum knows of nothing to do',
                'ALTER SYSTEM SET track_counts = on;'),
            ('track_activities', '^off$', 'WARN', 'nobody sees who does what',
                'ALTER SYSTEM SET track_activities = on;'),
            ('password_encryption', '^md5$', 'WARN', 'what is stored is as good as the password',
                'ALTER SYSTEM SET password_encryption = ''scram-sha-256'';'),
            ('log_statement', '^(mod|all)$', 'WARN', 'values of people reach the log',
                'ALTER SYSTEM SET log_statement = ''ddl'';'),
            ('log_parameter_max_length_on_error', '^(-1|[1-9][0-9]*)$', 'WARN',
                'values of people reach the log with every error',
                'ALTER SYSTEM SET log_parameter_max_length_on_error = 0;'),
            ('pg_stat_statements.track_utility', '^on$', 'INFO',
                'constants in commands other than queries are kept as they were written',
                'ALTER SYSTEM SET pg_stat_statements.track_utility = off;')
    ) AS rule (name, bad, level, problem, mend)
    JOIN pg_catalog.pg_settings AS g ON g.name = rule.name AND g.setting ~ rule.bad
    UNION ALL
    -- Slow statements are logged with their parameters unless that is said.
    SELECT
        'WARN', p.name, p.setting, 'values of people reach the log with every slow statement',
        'ALTER SYSTEM SET log_parameter_max_length = 0;'
    FROM pg_catalog.pg_settings AS p
    WHERE p.name = 'log_parameter_max_length'
      AND p.setting <> '0'
      AND EXISTS (
          SELECT
          FROM pg_catalog.pg_settings AS d
          WHERE d.name IN ('log_min_duration_statement', 'log_min_duration_sample')
            AND d.setting <> '-1'
      )
    UNION ALL
    SELECT
        'WARN', 'ssl', s.setting, 'what clients on other machines send can be read on the way',
        'Give the server a certificate: ALTER SYSTEM SET ssl = on;'
    FROM pg_catalog.pg_settings AS s
    JOIN pg_catalog.pg_settings AS a ON a.name = 'listen_addresses'
    WHERE s.name = 'ssl'
      AND s.setting = 'off'
      AND a.setting !~ '^\s*((localhost|127[.0-9]+|::1)\s*,?\s*)*$'
) AS s (level, name, value, problem, mend);

COMMENT ON VIEW kernel.check_settings IS
'Settings that endanger durability, isolation or secrecy: fsync, full_page_writes,
synchronous_commit, data_checksums, ignore_checksum_failure, zero_damaged_pages, row_security,
autovacuum, track_counts, track_activities, password_encryption, ssl, and what of parameters and
statements reaches the log.';

GRANT SELECT ON kernel.check_settings TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_unbound_role
WITH (security_invoker = true)
AS
SELECT
    'unbound_role' AS name,
    'Policies do not bind a role' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'SECURITY'] AS categories,
    'A superuser, or a role with BYPASSRLS, reads every row of every person.'
    ' Backups need one; programs and people seldom do.' AS description,
    format(
        '%s %s.', r.oid::regrole,
        CASE WHEN r.rolsuper THEN 'is a superuser' ELSE 'bypasses row level security' END
    ) AS detail,
    format(
        'ALTER ROLE %s %s;', r.oid::regrole,
        CASE WHEN r.rolsuper THEN 'NOSUPERUSER NOBYPASSRLS' ELSE 'NOBYPASSRLS' END
    ) AS remediation,
    jsonb_build_object('role', r.rolname, 'superuser', r.rolsuper) AS metadata,
    format('unbound_role:%s', r.oid::regrole) AS cache_key
FROM pg_catalog.pg_roles AS r
WHERE (r.rolsuper OR r.rolbypassrls)
  -- The one that the cluster was made with can't be otherwise.
  AND r.oid <> 10;

COMMENT ON VIEW kernel.check_unbound_role IS
'Roles of the server, other than the first superuser, that are superusers or bypass row level
security. Those of ours are errors of the check role_rights.';

GRANT SELECT ON kernel.check_unbound_role TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_limited_sight
WITH (security_invoker = true)
AS
SELECT
    'limited_sight' AS name,
    'This role does not see everything' AS title,
    'INFO' AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER'] AS categories,
    'Where a role lacks a right, PostgreSQL shows less, and a check finds nothing'
    ' where there is something.' AS description,
    format('%I does not see %s.', CURRENT_USER, sight.what) AS detail,
    sight.mend AS remediation,
    jsonb_build_object('role', CURRENT_USER, 'hidden', sight.name) AS metadata,
    format('limited_sight:%s', sight.name) AS cache_key
FROM (
    SELECT
        'sessions',
        'transactions, states and statements of other roles, nor standbys',
        format(
            'An administrator grants it: GRANT pg_monitor TO %I. A role that does not inherit needs'
            ' WITH INHERIT TRUE (PostgreSQL 16 or newer).', CURRENT_USER
        )
    WHERE NOT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
    UNION ALL
    SELECT
        'widths',
        format(
            'the statistics of %s large tables, which bloat is estimated from', count(*)
        ),
        'Row level security hides them. Let an administrator run the check bloat now and then.'
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'm')
      AND c.relpages >= 12800
      AND c.relrowsecurity
      AND pg_catalog.row_security_active(c.oid)
    HAVING count(*) > 0
) AS sight (name, what, mend);

COMMENT ON VIEW kernel.check_limited_sight IS
'What other checks can not see because the role that asks lacks a right: sessions of other roles
without pg_monitor, and widths of columns for the estimate of bloat.';

GRANT SELECT ON kernel.check_limited_sight TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.table_sizes
WITH (security_invoker = true)
AS
SELECT
    n.nspname AS schema_name,
    root.relname AS table_name,
    count(*) FILTER (WHERE c.relispartition) AS partition_count,
    -- A root repeats what its partitions have.
    sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p')::bigint AS row_estimate,
    sum(size.of_table + size.of_indexes)::bigint AS total_bytes,
    sum(size.of_table)::bigint AS table_bytes,
    sum(size.of_indexes)::bigint AS index_bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_class AS root
    ON root.oid = coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = root.relnamespace
-- OFFSET 0: each file is measured once.
CROSS JOIN LATERAL (
    SELECT pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid) OFFSET 0
) AS size (of_table, of_indexes)
WHERE c.relkind IN ('r', 'm', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY n.nspname, root.relname
ORDER BY total_bytes DESC, schema_name, table_name;

COMMENT ON VIEW kernel.table_sizes IS
'Tables and materialised views of this database, the largest first; partitions count for their
root.';
COMMENT ON COLUMN kernel.table_sizes.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.table_sizes.table_name IS 'The table, or the root of partitions.';
COMMENT ON COLUMN kernel.table_sizes.partition_count IS 'How many partitions it has, of any depth.';
COMMENT ON COLUMN kernel.table_sizes.row_estimate IS
'About how many rows, as vacuum or ANALYZE last counted them; NULL for a root without partitions.';
COMMENT ON COLUMN kernel.table_sizes.total_bytes IS 'Everything together.';
COMMENT ON COLUMN kernel.table_sizes.table_bytes IS 'Rows, with what is kept out of line.';
COMMENT ON COLUMN kernel.table_sizes.index_bytes IS 'Indexes.';

GRANT SELECT ON kernel.table_sizes TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.index_use
WITH (security_invoker = true)
AS
SELECT
    s.schemaname AS schema_name,
    s.relname AS table_name,
    s.indexrelname AS index_name,
    s.idx_scan AS scan_count,
    s.idx_tup_read AS entries_read,
    round(io.idx_blks_hit::numeric / nullif(io.idx_blks_hit + io.idx_blks_read, 0), 4) AS hit_ratio,
    pg_catalog.pg_relation_size(s.indexrelid) AS bytes
FROM pg_catalog.pg_stat_user_indexes AS s
JOIN pg_catalog.pg_statio_user_indexes AS io ON io.indexrelid = s.indexrelid
ORDER BY scan_count, bytes DESC, schema_name, index_name;

COMMENT ON VIEW kernel.index_use IS
'How much each index was used since statistics began, the least used first. Standbys count apart.';
COMMENT ON COLUMN kernel.index_use.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.index_use.table_name IS 'The table or partition.';
COMMENT ON COLUMN kernel.index_use.index_name IS 'The index.';
COMMENT ON COLUMN kernel.index_use.scan_count IS 'How often it was searched.';
COMMENT ON COLUMN kernel.index_use.entries_read IS 'How many of its entries that took.';
COMMENT ON COLUMN kernel.index_use.hit_ratio IS
'The share of its blocks that were in the cache; NULL when it was not read.';
COMMENT ON COLUMN kernel.index_use.bytes IS 'Its size.';

GRANT SELECT ON kernel.index_use TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.column_statistics
WITH (security_invoker = true)
AS
SELECT
    s.schemaname AS schema_name,
    s.tablename AS table_name,
    s.attname AS column_name,
    s.null_frac AS null_fraction,
    s.avg_width AS average_bytes,
    -- PostgreSQL writes what grows with the table as a negative share of its rows.
    CASE
        WHEN s.n_distinct >= 0 THEN s.n_distinct
        ELSE -s.n_distinct * c.reltuples
    END::numeric AS distinct_estimate,
    s.correlation AS order_correlation
FROM pg_catalog.pg_stats AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT s.inherited
ORDER BY schema_name, table_name, column_name;

COMMENT ON VIEW kernel.column_statistics IS
'How selective and how ordered columns are, as the planner knows them; no value of any row. Shows
what the role that asks may read: of tables with row level security only superusers and roles with
BYPASSRLS see statistics.';
COMMENT ON COLUMN kernel.column_statistics.schema_name IS 'The schema.';
COMMENT ON COLUMN kernel.column_statistics.table_name IS 'The table, partition or index.';
COMMENT ON COLUMN kernel.column_statistics.column_name IS 'The column.';
COMMENT ON COLUMN kernel.column_statistics.null_fraction IS 'The share of rows where it is NULL.';
COMMENT ON COLUMN kernel.column_statistics.average_bytes IS 'How wide its values are on average.';
COMMENT ON COLUMN kernel.column_statistics.distinct_estimate IS 'About how many values it has.';
COMMENT ON COLUMN kernel.column_statistics.order_correlation IS
'How well the order of rows on the disk follows its values: 1 or -1 is exactly, 0 not at all.';

GRANT SELECT ON kernel.column_statistics TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.slow_statements
WITH (security_invoker = true)
AS
SELECT
    t.query_id,
    t.role,
    t.calls,
    round(t.mean_ms::numeric, 3) AS mean_ms,
    round(t.total_ms::numeric, 3) AS total_ms,
    t.row_count,
    t.hit_ratio,
    t.query
FROM kernel.statement_times() AS t
ORDER BY t.mean_ms DESC, t.query_id
LIMIT 10;

COMMENT ON VIEW kernel.slow_statements IS
'The ten statements of this database that took longest on average, by pg_stat_statements; no row
where that extension is not there.';
COMMENT ON COLUMN kernel.slow_statements.query_id IS
'The statement; NULL for those of other roles without pg_monitor.';
COMMENT ON COLUMN kernel.slow_statements.role IS 'Who ran it.';
COMMENT ON COLUMN kernel.slow_statements.calls IS 'How often.';
COMMENT ON COLUMN kernel.slow_statements.mean_ms IS 'Milliseconds on average.';
COMMENT ON COLUMN kernel.slow_statements.total_ms IS 'Milliseconds in all.';
COMMENT ON COLUMN kernel.slow_statements.row_count IS 'Rows that it gave or changed in all.';
COMMENT ON COLUMN kernel.slow_statements.hit_ratio IS
'The share of blocks that were in the cache; NULL when it read none.';
COMMENT ON COLUMN kernel.slow_statements.query IS 'Its text, with $1 in place of each constant.';

GRANT SELECT ON kernel.slow_statements TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.server_state
WITH (security_invoker = true)
AS
SELECT
    clock_timestamp() AS answered_at,
    pg_catalog.pg_postmaster_start_time() AS started_at,
    pg_catalog.pg_is_in_recovery() AS is_standby,
    CASE
        WHEN NOT pg_catalog.pg_is_in_recovery() THEN NULL
        -- A standby that has replayed all that it got waits for nothing.
        WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() THEN '0'
        ELSE clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()
    END AS replay_lag,
    round(d.blks_hit::numeric / nullif(d.blks_hit + d.blks_read, 0), 4) AS hit_ratio,
    taken.connections,
    pg_catalog.current_setting('max_connections')::integer AS connection_limit,
    d.xact_commit AS commit_count,
    d.xact_rollback AS rollback_count,
    d.deadlocks AS deadlock_count,
    d.temp_bytes,
    pg_catalog.pg_database_size(d.datid) AS database_bytes,
    d.stats_reset AS counted_since
FROM pg_catalog.pg_stat_database AS d
CROSS JOIN (
    SELECT sum(a.numbackends)::integer FROM pg_catalog.pg_stat_database AS a
) AS taken (connections)
WHERE d.datname = pg_catalog.current_database();

COMMENT ON VIEW kernel.server_state IS
'One row about the server and this database, for a probe that asks every few seconds: that it answers,
how far a standby is behind, and how full it is.';
COMMENT ON COLUMN kernel.server_state.answered_at IS 'When the server answered.';
COMMENT ON COLUMN kernel.server_state.started_at IS 'When it was started.';
COMMENT ON COLUMN kernel.server_state.is_standby IS 'Whether it is a standby.';
COMMENT ON COLUMN kernel.server_state.replay_lag IS
'How far a standby is behind what it was sent; NULL on a primary.';
COMMENT ON COLUMN kernel.server_state.hit_ratio IS
'The share of blocks that this database found in the cache.';
COMMENT ON COLUMN kernel.server_state.connections IS 'Connections to all databases.';
COMMENT ON COLUMN kernel.server_state.connection_limit IS 'How many there can be.';
COMMENT ON COLUMN kernel.server_state.commit_count IS 'Transactions that were committed.';
COMMENT ON COLUMN kernel.server_state.rollback_count IS 'Transactions that were rolled back.';
COMMENT ON COLUMN kernel.server_state.deadlock_count IS 'Deadlocks.';
COMMENT ON COLUMN kernel.server_state.temp_bytes IS 'What sorts and joins wrote to the disk.';
COMMENT ON COLUMN kernel.server_state.database_bytes IS 'The size of this database.';
COMMENT ON COLUMN kernel.server_state.counted_since IS
'Since when the counts are; NULL: since they began.';

GRANT SELECT ON kernel.server_state TO strongroom_runner, pg_monitor;
