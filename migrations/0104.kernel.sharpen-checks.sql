-- Find what the checks missed, keep them silent where nothing is wrong, and let what they say mend it.
-- depends: 0094.kernel.find-counters-left-behind
-- locks: ACCESS EXCLUSIVE on views that the checks read, for a moment

CREATE OR REPLACE VIEW kernel.check_connections
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
                -- From 16 on, for roles that are told by name.
                - coalesce(pg_catalog.current_setting('reserved_connections', true), '0')::integer
        FROM pg_catalog.pg_stat_database AS d
    ) AS n (taken, room)
) AS c (taken, room, percent)
WHERE c.percent >= l.warn;

COMMENT ON VIEW kernel.check_connections IS
'Connections that are taken, of those that are not kept for superusers: WARN from 80 %, ERROR from
95 % (percent).';


CREATE OR REPLACE VIEW kernel.check_constraint_not_validated
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
    format(
        '%I on %s is not %s.', k.name, k.place,
        CASE WHEN k.is_enforced THEN 'validated' ELSE 'enforced' END
    ) AS detail,
    CASE
        WHEN k.is_enforced
            THEN format('ALTER %s %s VALIDATE CONSTRAINT %I;', k.kind, k.place, k.name)
        WHEN k.is_foreign_key
            THEN format('ALTER TABLE %s ALTER CONSTRAINT %I ENFORCED;', k.place, k.name)
        ELSE 'Drop it, and add it again without NOT ENFORCED.'
    END AS remediation,
    jsonb_build_object('schema', k.schema, 'name', k.of, 'constraint', k.name) AS metadata,
    format('constraint_not_validated:%s:%I', k.place, k.name) AS cache_key
FROM (
    SELECT
        f.conname,
        n.nspname,
        coalesce(c.relname, t.typname),
        format('%I.%I', n.nspname, coalesce(c.relname, t.typname)),
        CASE WHEN c.oid IS NULL THEN 'DOMAIN' ELSE 'TABLE' END,
        f.contype = 'f',
        -- From 18 on; one that is not enforced can not be validated.
        coalesce((pg_catalog.to_jsonb(f) ->> 'conenforced')::boolean, true)
    FROM pg_catalog.pg_constraint AS f
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = f.contypid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
    WHERE NOT f.convalidated
      -- That of a root tells for its partitions.
      AND f.conparentid = 0
      AND f.coninhcount = 0
) AS k (name, schema, of, place, kind, is_foreign_key, is_enforced);

COMMENT ON VIEW kernel.check_constraint_not_validated IS
'Constraints of tables and domains of this database, of any schema, that were added NOT VALID and
never validated, or that are NOT ENFORCED.';


CREATE OR REPLACE VIEW kernel.check_default_privilege
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
            ('r', 'TABLES'), ('S', 'SEQUENCES'), ('f', 'ROUTINES'), ('T', 'TYPES'), ('n', 'SCHEMAS'),
            ('L', 'LARGE OBJECTS')
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


CREATE OR REPLACE VIEW kernel.check_definer_function
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
    SELECT p.oid, p.proowner, p.proconfig, p.proacl, n.nspname, format(
        '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
    ) AS identity
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    WHERE p.prosecdef
      AND (
          n.nspname IN (SELECT kernel.guarded_schemas())
          -- Wherever else one stands that has rights on what is ours.
          OR o.rolname IN ('strongroom_owner', 'strongroom_definer')
          OR o.rolname IN (SELECT app.name || '_definer' FROM kernel.app_schemas() AS app (name))
      )
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
      -- No session acts as the kernel's definer: what it calls stands in the kernel's own functions.
      AND (
          acl.grantee = 0
          OR acl.grantee::regrole::text NOT IN ('strongroom_runner', 'strongroom_definer')
      )
    HAVING count(*) > 0
    UNION ALL
    SELECT
        CASE
            WHEN r.rolsuper THEN 'has the rights of a superuser'
            ELSE 'has the rights of a role that policies do not bind'
        END,
        format(
            'ALTER ROUTINE %s OWNER TO %I;', f.identity,
            coalesce(
                (SELECT d.rolname FROM pg_catalog.pg_roles AS d WHERE d.rolname = f.nspname || '_definer'),
                'strongroom_definer'
            )
        )
    FROM pg_catalog.pg_roles AS r
    WHERE r.oid = f.proowner AND (r.rolsuper OR r.rolbypassrls)
) AS problem (text, mend);

COMMENT ON VIEW kernel.check_definer_function IS
'SECURITY DEFINER functions of our schemas, or of our roles in any schema, that don''t pin their
search_path, that belong to a superuser or a role with BYPASSRLS, or that belong to strongroom_owner
and serve others than strongroom_runner and the kernel''s definer.';


CREATE OR REPLACE VIEW kernel.check_hold_expiry
WITH (security_invoker = true)
AS
SELECT
    'hold_expiry' AS name,
    state.title,
    state.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'A hold that ends lets go what it kept, and one that nobody ends keeps it'
    ' for ever: both are somebody''s decision.' AS description,
    format(state.detail, h.id, coalesce(h.expires_at, h.placed_at)) AS detail,
    state.remediation,
    jsonb_build_object(
        'hold', h.id, 'placed_at', h.placed_at, 'expires_at', h.expires_at
    ) AS metadata,
    format('hold_expiry:%s:%s', h.id, state.kind) AS cache_key
FROM kernel.legal_hold AS h
JOIN (
    VALUES
        (
            'late', 'WARN', 'A hold has expired and is still in force',
            'Hold %s expired at %s, and nothing has released it.',
            'Run the job release_expired_holds: see kernel.job and kernel.job_run.'
        ),
        (
            'soon', 'INFO', 'A hold ends soon',
            'Hold %s ends at %s.',
            'Place another hold if the case goes on; else leave it.'
        ),
        (
            'old', 'INFO', 'A hold without an end is old',
            'Hold %s is in force since %s and has no end.',
            'Ask whether the case goes on; else release it: kernel.release_hold().'
        )
) AS state (kind, level, title, detail, remediation)
    ON state.kind = CASE
        WHEN h.expires_at < CURRENT_TIMESTAMP - interval '1 day' THEN 'late'
        WHEN h.expires_at < CURRENT_TIMESTAMP + interval '14 days' THEN 'soon'
        WHEN h.expires_at IS NULL AND h.placed_at < CURRENT_TIMESTAMP - interval '1 year'
            THEN 'old'
    END
WHERE h.released_at IS NULL;

COMMENT ON VIEW kernel.check_hold_expiry IS
'Holds in force that expired more than a day ago (WARN), that end within a fortnight, and that are
older than a year and have no end (INFO).';


CREATE OR REPLACE VIEW kernel.check_invalid_index
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
    CASE
        -- To build it anew does not make it valid.
        WHEN x.relkind = 'I' THEN format(
            'Make the index on each partition that lacks it, and attach each: ALTER INDEX %I.%I'
            ' ATTACH PARTITION. The last one makes it valid.', n.nspname, x.relname
        )
        -- What REINDEX CONCURRENTLY made beside the index, or could not take away.
        WHEN x.relname ~ '_cc(new|old)[0-9]*$'
            THEN format('DROP INDEX CONCURRENTLY %I.%I;', n.nspname, x.relname)
        ELSE format('REINDEX INDEX CONCURRENTLY %I.%I;', n.nspname, x.relname)
    END AS remediation,
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
         -- Of another role's session no more is seen than that it builds one; its locks tell where.
         OR b.relid IS NULL AND EXISTS (
             SELECT
             FROM pg_catalog.pg_locks AS k
             WHERE k.pid = b.pid
               AND k.relation = i.indrelid
               AND k.database = b.datid
               AND k.mode = 'ShareUpdateExclusiveLock'
         )
  );

COMMENT ON VIEW kernel.check_invalid_index IS
'Indexes of this database, of any schema, that an interrupted CREATE or REINDEX CONCURRENTLY left
invalid. One that is being built is left out.';


CREATE OR REPLACE VIEW kernel.check_long_transaction
WITH (security_invoker = true)
AS
WITH limits AS (
    SELECT
        coalesce(max(t.warn) FILTER (WHERE t.check_name = 'long_transaction'), 900) AS warn,
        coalesce(max(t.error) FILTER (WHERE t.check_name = 'long_transaction'), 3600) AS error,
        coalesce(max(t.warn) FILTER (WHERE t.check_name = 'idle_in_transaction'), 60) AS idle
    FROM kernel.health_threshold AS t
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
    format(
        'SELECT pg_catalog.pg_%s_backend(%s);',
        -- What does nothing can't be canceled.
        CASE WHEN s.idle_seconds IS NULL THEN 'cancel' ELSE 'terminate' END, s.pid
    ) AS remediation,
    jsonb_build_object(
        'pid', s.pid, 'role', s.usename, 'application', s.application_name,
        'seconds', floor(s.seconds)
    ) AS metadata,
    format('long_transaction:%s:%s', s.pid, s.backend_start) AS cache_key
FROM limits AS l
CROSS JOIN (
    SELECT
        a.pid, a.usename, a.application_name, a.backend_start,
        extract(epoch FROM clock_timestamp() - a.xact_start),
        CASE
            WHEN a.state LIKE 'idle in transaction%'
                THEN extract(epoch FROM clock_timestamp() - a.state_change)
        END
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.backend_type = 'client backend'
      AND a.pid <> pg_catalog.pg_backend_pid()
) AS s (pid, usename, application_name, backend_start, seconds, idle_seconds)
WHERE s.seconds >= l.warn
  -- One that is idle for long is told of by check_idle_in_transaction, a short pause by nobody else.
  AND (s.idle_seconds IS NULL OR s.idle_seconds < l.idle);

COMMENT ON VIEW kernel.check_long_transaction IS
'Transactions of clients that are at work or pause: WARN from 900, ERROR from 3600 (seconds). What is
idle for longer is left to idle_in_transaction. Those of other roles are seen by pg_monitor alone.';


CREATE OR REPLACE VIEW kernel.check_partition_privilege
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
    format(
        'REVOKE ALL ON %I.%I FROM %s%s;', n.nspname, c.relname, held.grantee,
        CASE WHEN bool_or(held.is_grantable) THEN ' CASCADE' ELSE '' END
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'role', held.grantee) AS metadata,
    format('partition_privilege:%I.%I:%s', n.nspname, c.relname, held.grantee) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        CASE t.grantee WHEN 0 THEN 'PUBLIC' ELSE t.grantee::regrole::text END,
        t.privilege_type,
        t.is_grantable
    FROM (
        SELECT acl.grantee, acl.privilege_type, acl.is_grantable
        FROM pg_catalog.aclexplode(c.relacl) AS acl
        UNION ALL
        SELECT acl.grantee, acl.privilege_type, acl.is_grantable
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
        WHERE a.attrelid = c.oid AND NOT a.attisdropped
    ) AS t
    WHERE t.grantee <> c.relowner
) AS held (grantee, privilege_type, is_grantable)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND c.relkind IN ('r', 'p', 'f')
  AND c.relispartition
GROUP BY n.nspname, c.relname, held.grantee;

COMMENT ON VIEW kernel.check_partition_privilege IS
'Grants on partitions to others than their owner.';


CREATE OR REPLACE VIEW kernel.check_policy_helper
WITH (security_invoker = true)
AS
WITH RECURSIVE reached (oid) AS (
    SELECT coalesce(o.oprcode::oid, d.refobjid)
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_policy'::regclass
        AND d.objid = p.oid
        AND d.refclassid IN (
            'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass
        )
    LEFT JOIN pg_catalog.pg_operator AS o
        ON d.refclassid = 'pg_catalog.pg_operator'::regclass AND o.oid = d.refobjid
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
    UNION
    -- What a bound body calls is known; it is inlined with it.
    SELECT d.refobjid
    FROM reached AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = r.oid AND p.prosqlbody IS NOT NULL AND NOT p.prosecdef
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_proc'::regclass
        AND d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_proc'::regclass
)
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
        -- Of a body that is a string the settings are what binds it.
        WHEN problem.text LIKE 'has settings%' AND called.is_bound
            THEN format('ALTER FUNCTION %s RESET ALL;', called.identity)
        ELSE 'Write its body as RETURN expression, or BEGIN ATOMIC ... END.'
    END AS remediation,
    jsonb_build_object('function', called.identity) AS metadata,
    format('policy_helper:%s:%s', called.identity, problem.text) AS cache_key
FROM (
    SELECT
        format(
            '%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
        ),
        p.prosqlbody IS NOT NULL,
        coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false),
        p.provolatile = 'v',
        p.proconfig IS NOT NULL AND NOT p.prosecdef
    FROM (SELECT DISTINCT r.oid FROM reached AS r) AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = r.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND l.lanname NOT IN ('internal', 'c')
      -- A definer function is never inlined; ours are pinned, and wrapped as (SELECT f()).
      AND NOT (p.prosecdef AND n.nspname IN (SELECT kernel.guarded_schemas()))
      -- Folded by the planner, and without a name that a search_path moves.
      AND p.oid IS DISTINCT FROM to_regprocedure('kernel.is_serving()')
      -- What an extension brings is its own to mend.
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
      )
) AS called (identity, is_bound, is_pinned, is_volatile, has_settings)
CROSS JOIN LATERAL (
    VALUES
        ('has its body as a string', NOT called.is_bound AND NOT called.is_pinned),
        ('is volatile', called.is_volatile),
        ('has settings, so it is not inlined', called.has_settings)
) AS problem (text, is_there)
WHERE problem.is_there;

COMMENT ON VIEW kernel.check_policy_helper IS
'Functions that policies call, wherever they are and by way of others, and that have their body as a
string, are volatile, or have settings; one that pins its search_path may be a string. Our own definer
functions are left out, and so is kernel.is_serving(), a constant to the planner.';


CREATE OR REPLACE VIEW kernel.check_policy_not_indexed
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


CREATE OR REPLACE VIEW kernel.check_policy_shape
WITH (security_invoker = true)
AS
SELECT
    'policy_shape' AS name,
    'A policy leaves something open' AS title,
    CASE WHEN problem.text LIKE 'shows%' THEN 'ERROR' ELSE 'WARN' END AS level,
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
        WHEN problem.text LIKE 'shows%'
            THEN 'Compare the column that says whose row it is with who asks: user_id ='
                ' kernel.user_bigint().'
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
        ('has no WITH CHECK', p.polcmd IN ('a', 'w', '*') AND p.polwithcheck IS NULL),
        (
            'shows every user of the app the rows of all, or takes what is given to another',
            p.polpermissive
            AND 'true' IN (
                pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
            )
            AND EXISTS (
                SELECT
                FROM pg_catalog.pg_roles AS r
                WHERE r.oid = ANY (p.polroles) AND r.rolname = n.nspname || '_app'
            )
            AND EXISTS (SELECT FROM kernel.subject_columns(c.oid))
        )
) AS problem (text, is_there)
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND problem.is_there;

COMMENT ON VIEW kernel.check_policy_shape IS
'Policies for PUBLIC, and policies without a condition that their command takes, WITH CHECK above
all: WARN. ERROR for a policy that says true to <app>_app on a table whose rows belong to people.';


CREATE OR REPLACE VIEW kernel.check_public_privilege
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
        format('%I.%I(%s)', n.nspname, p.proname, signature.text), NULL, acl.grantee, acl.privilege_type
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN pg_catalog.aclexplode(
        coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
    ) AS acl
    CROSS JOIN LATERAL (
        -- ROUTINE takes an aggregate, but not the ORDER BY among its arguments.
        SELECT CASE p.prokind
            WHEN 'a' THEN array_to_string(
                ARRAY(
                    SELECT pg_catalog.format_type(a.type, NULL)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                    ORDER BY a.place
                ), ', '
            )
            ELSE pg_catalog.pg_get_function_identity_arguments(p.oid)
        END
    ) AS signature (text)
    WHERE n.nspname IN (SELECT kernel.guarded_schemas())
      -- Those of a range type are made with it, belong to the first superuser, and do no harm.
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_depend AS d
          WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i'
      )
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


CREATE OR REPLACE VIEW kernel.check_redundant_index
WITH (security_invoker = true)
AS
WITH indexes AS (
    SELECT
        i.indexrelid,
        i.indrelid,
        i.indisunique,
        i.indnullsnotdistinct,
        i.indimmediate,
        i.indisreplident,
        i.indisvalid AND i.indisready AS is_valid,
        x.relam,
        x.relkind,
        format('%I.%I', n.nspname, x.relname) AS name,
        i.indkey::smallint[] AS columns,
        (i.indkey::smallint[])[i.indnkeyatts:] AS included,
        -- Columns with operator class, collation and direction.
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
    -- What an interrupted CREATE INDEX CONCURRENTLY left serves nothing.
    AND more.is_valid
    AND more.condition = less.condition
    AND more.keys[:cardinality(less.keys)] = less.keys
    AND more.columns @> less.included
WHERE NOT less.has_constraint
  AND NOT less.indisreplident
  AND (
      NOT less.indisunique
      OR more.indisunique AND more.keys = less.keys AND more.indimmediate
      AND more.indnullsnotdistinct = less.indnullsnotdistinct
  )
  -- Of two equal ones only the younger.
  AND (
      more.keys <> less.keys OR more.has_constraint OR more.indisunique AND NOT less.indisunique
      OR NOT less.columns @> more.included OR more.indexrelid < less.indexrelid
  );

COMMENT ON VIEW kernel.check_redundant_index IS
'Indexes without a constraint that are the beginning of another valid one of the same kind and
condition, column by column, which has what they include; of two equal ones the younger.';


CREATE OR REPLACE VIEW kernel.check_replication_lag
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
    -- On the standby itself; one that has replayed all that it got, and gets more, waits for nothing.
    -- One that has replayed no transaction yet is as old as its start, at least.
    SELECT
        CASE
            WHEN receiver.is_there THEN 'This standby'
            ELSE 'This standby, to which nothing streams,'
        END,
        extract(
            epoch FROM clock_timestamp() - coalesce(
                pg_catalog.pg_last_xact_replay_timestamp(), pg_catalog.pg_postmaster_start_time()
            )
        ),
        pg_catalog.pg_last_wal_receive_lsn() - pg_catalog.pg_last_wal_replay_lsn()
    FROM (SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)) AS receiver (is_there)
    WHERE pg_catalog.pg_is_in_recovery()
      AND (
          NOT receiver.is_there
          OR pg_catalog.pg_last_wal_receive_lsn()
          IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
      )
) AS r (name, seconds, bytes)
-- One that replays nothing reports no time to the primary.
WHERE r.seconds >= l.warn OR r.bytes >= 268435456;

COMMENT ON VIEW kernel.check_replication_lag IS
'Standbys, seen from the primary or from themselves, where one that receives nothing is as old as what
it replayed last: WARN from 30 or 256 MB, ERROR from 300 (seconds). The primary shows them to
pg_monitor alone.';


CREATE OR REPLACE VIEW kernel.check_replication_slot
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
                'is %s%s', CASE WHEN s.active THEN 'active' ELSE 'not active' END,
                ' and keeps ' || pg_catalog.pg_size_pretty(s.bytes) || ' of WAL'
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
    -- From 17 on a standby may have copies of the primary's, which nobody reads or drops there.
    WHERE NOT (
        pg_catalog.pg_is_in_recovery()
        AND coalesce((pg_catalog.to_jsonb(r) ->> 'synced')::boolean, false)
    )
) AS s (slot_name, active, is_lost, bytes)
WHERE s.is_lost OR NOT s.active OR s.bytes >= l.warn;

COMMENT ON VIEW kernel.check_replication_slot IS
'Replication slots that are lost (ERROR), have no reader (WARN), or keep much WAL: WARN from 1 GB,
ERROR from 10 GB (bytes).';


CREATE OR REPLACE VIEW kernel.check_role_rights
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
),
-- Roles that give more than a role of ours is to have: others of ours, and what gets past policies.
grave AS (
    SELECT r.oid
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN (SELECT w.name FROM wanted AS w WHERE w.name <> 'strongroom_client')
       OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
       OR r.rolname IN (
           'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
           'pg_write_server_files', 'pg_execute_server_program'
       )
),
memberships AS (
    SELECT
        w.oid AS member,
        o.oid AS role,
        e.is_explicit,
        w.rolname = 'strongroom_owner' AND o.rolname LIKE '%\_definer'
        OR o.rolname = 'strongroom_client' AS may_inherit,
        o.rolname = 'strongroom_client'
        OR w.rolname = 'strongroom_owner' AND o.rolname LIKE '%\_definer'
        OR w.rolname IN ('strongroom_migrator', 'strongroom_runner')
        AND o.rolname = 'strongroom_owner'
        OR w.rolname = 'strongroom_login' AND o.rolname ~ '_(app|worker|analyst)$'
        AND NOT (o.rolsuper OR o.rolbypassrls) AS may_become,
        -- From 16 on a membership says whether it inherits, and is known by who granted it.
        CASE WHEN e.is_explicit THEN (e.edge ->> 'inherit_option')::boolean ELSE w.rolinherit END
            AS inherits,
        m.admin_option AS may_grant,
        o.oid IN (SELECT g.oid FROM grave AS g) OR beyond.names IS NOT NULL AS reaches,
        CASE WHEN o.oid NOT IN (SELECT g.oid FROM grave AS g) THEN beyond.names END AS more,
        e.by,
        format('REVOKE %s FROM %s%s CASCADE;', o.oid::regrole, w.oid::regrole, e.by) AS revoke
    FROM pg_catalog.pg_auth_members AS m
    JOIN pg_catalog.pg_roles AS w ON w.oid = m.member AND NOT w.rolsuper
    JOIN pg_catalog.pg_roles AS o ON o.oid = m.roleid
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.to_jsonb(m),
            pg_catalog.current_setting('server_version_num')::integer >= 160000,
            CASE
                WHEN pg_catalog.current_setting('server_version_num')::integer >= 160000
                    THEN ' GRANTED BY ' || m.grantor::regrole
                ELSE ''
            END
    ) AS e (edge, is_explicit, by)
    CROSS JOIN LATERAL (
        SELECT string_agg(g.oid::regrole::text, ', ' ORDER BY g.oid::regrole::text)
        FROM grave AS g
        WHERE g.oid NOT IN (o.oid, w.oid)
          AND NOT o.rolsuper
          AND pg_catalog.pg_has_role(o.oid, g.oid, 'MEMBER')
    ) AS beyond (names)
    WHERE w.rolname IN (SELECT x.name FROM wanted AS x)
      AND NOT (
          e.is_explicit
          AND NOT (e.edge ->> 'inherit_option')::boolean
          AND NOT (e.edge ->> 'set_option')::boolean
          AND NOT m.admin_option
      )
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
        m.member::regrole::text,
        CASE WHEN m.inherits THEN 'has the rights of ' ELSE 'may become ' END
        || m.role::regrole || coalesce(' (and ' || m.more || ')', ''),
        CASE
            WHEN NOT m.may_become THEN m.revoke
            -- Without the membership an application could not work at all.
            WHEN m.is_explicit
                THEN format('GRANT %s TO %s WITH INHERIT FALSE%s;', m.role::regrole, m.member::regrole, m.by)
            ELSE format('ALTER ROLE %s NOINHERIT;', m.member::regrole)
        END
    FROM memberships AS m
    WHERE NOT m.may_become AND m.reaches OR m.may_become AND m.inherits AND NOT m.may_inherit
    UNION ALL
    SELECT
        m.member::regrole::text,
        'may grant ' || m.role::regrole || ' to others',
        format(
            'REVOKE ADMIN OPTION FOR %s FROM %s%s CASCADE;', m.role::regrole, m.member::regrole, m.by
        )
    FROM memberships AS m
    WHERE m.may_become AND m.may_grant
) AS found (role, problem, mend);

COMMENT ON VIEW kernel.check_role_rights IS
'Roles of the kernel and of apps that are missing, that policies do not bind, or that are members of
each other, or of a role that gets past policies, otherwise than schema/roles.sql makes them.';


CREATE OR REPLACE VIEW kernel.check_set_null_columns
WITH (security_invoker = true)
AS
SELECT
    'set_null_columns' AS name,
    'A foreign key would empty the column of the owner' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'INTEGRITY'] AS categories,
    'ON DELETE SET NULL on several columns sets all of them, the one that says'
    ' whose row it is as well, unless it names its columns; ON UPDATE can name none.' AS description,
    format(
        '%I on %I.%I would set every one of its columns, the owner''s too.', f.conname, n.nspname,
        c.relname
    ) AS detail,
    CASE
        WHEN f.confupdtype IN ('n', 'd')
            THEN 'Drop it and add it again without ON UPDATE SET NULL or SET DEFAULT, and with the'
                ' columns named: ON DELETE SET NULL (column).'
        ELSE 'Drop it and add it again with the columns named: ON DELETE SET NULL (column).'
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname, 'constraint', f.conname) AS metadata,
    format('set_null_columns:%I.%I:%I', n.nspname, c.relname, f.conname) AS cache_key
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND f.contype = 'f'
  AND f.conparentid = 0
  AND cardinality(f.conkey) > 1
  AND (
      f.confdeltype IN ('n', 'd') AND f.confdelsetcols IS NULL
      OR f.confupdtype IN ('n', 'd')
  );

COMMENT ON VIEW kernel.check_set_null_columns IS
'Foreign keys over several columns with ON DELETE SET NULL (or SET DEFAULT) that do not name the
columns to set, or with either ON UPDATE, which can name none.';


CREATE OR REPLACE VIEW kernel.check_settings
WITH (security_invoker = true)
AS
WITH rule (name, bad, level, problem, good) AS (
    VALUES
        ('fsync', '^off$', 'ERROR', 'a crash can leave the database broken', 'on'),
        ('full_page_writes', '^off$', 'ERROR', 'a crash can leave the database broken', 'on'),
        ('synchronous_commit', '^off$', 'WARN', 'a crash takes back what was committed', 'on'),
        ('data_checksums', '^off$', 'WARN', 'what the disk changes is not noticed', NULL),
        ('ignore_checksum_failure', '^on$', 'ERROR', 'broken blocks are read as if whole', 'off'),
        ('zero_damaged_pages', '^on$', 'ERROR', 'broken blocks are emptied without a word', 'off'),
        ('row_security', '^off$', 'WARN', 'queries that a policy would bind fail', 'on'),
        ('session_replication_role', '^replica$', 'ERROR', 'neither triggers nor foreign keys hold',
            'origin'),
        ('autovacuum', '^off$', 'ERROR', 'dead rows stay, and transaction ids run out', 'on'),
        ('track_counts', '^off$', 'ERROR', 'autovacuum knows of nothing to do', 'on'),
        ('track_activities', '^off$', 'WARN', 'nobody sees who does what', 'on'),
        ('password_encryption', '^md5$', 'WARN', 'what is stored is as good as the password',
            '''scram-sha-256'''),
        ('log_statement', '^(mod|all)$', 'WARN', 'values of people reach the log', '''ddl'''),
        ('log_parameter_max_length_on_error', '^(-1|[1-9].*)$', 'WARN',
            'values of people reach the log with every error', '0'),
        ('pg_stat_statements.track_utility', '^on$', 'INFO',
            'constants in commands other than queries are kept as they were written', 'off')
)
SELECT
    'settings' AS name,
    'A setting of the server is dangerous' AS title,
    s.level AS level,
    'INTERNAL' AS facing,
    ARRAY['SERVER', 'INTEGRITY'] AS categories,
    'Some settings trade durability, isolation or the secrecy of values for speed'
    ' or ease.' AS description,
    format('%s is %s%s: %s.', s.name, s.value, ' for ' || s.place, s.problem) AS detail,
    s.mend AS remediation,
    jsonb_build_object('setting', s.name, 'value', s.value) AS metadata,
    format('settings:%s', concat_ws(':', s.name, s.place)) AS cache_key
FROM (
    SELECT
        rule.level, g.name, NULL, g.setting, rule.problem,
        CASE
            WHEN rule.good IS NULL THEN 'Stop the server and run pg_checksums --enable.'
            ELSE format('ALTER SYSTEM SET %s = %s; SELECT pg_catalog.pg_reload_conf();', g.name, rule.good)
        END
    FROM rule
    JOIN pg_catalog.pg_settings AS g ON g.name = rule.name AND g.setting ~ rule.bad
    WHERE g.source NOT IN ('database', 'user', 'database user')
    UNION ALL
    -- What a database or a role has for itself; this session knows of its own alone.
    SELECT
        rule.level, g.name, place.name, kept.value, rule.problem,
        format('ALTER %s RESET %s;', place.name, g.name)
    FROM pg_catalog.pg_db_role_setting AS s
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    CROSS JOIN unnest(s.setconfig) AS c (setting)
    CROSS JOIN LATERAL (
        SELECT
            pg_catalog.quote_ident(d.datname) COLLATE "default",
            split_part(c.setting, '=', 2) COLLATE "default"
    ) AS own (database, value)
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
            WHEN s.setrole = 0 THEN 'DATABASE ' || own.database
            ELSE concat('ROLE ', s.setrole::regrole, ' IN DATABASE ' || own.database)
        END
    ) AS place (name)
    JOIN pg_catalog.pg_settings AS g ON g.name = split_part(c.setting, '=', 1)
    CROSS JOIN LATERAL (
        SELECT CASE g.vartype
            WHEN 'bool' THEN
                CASE WHEN own.value::boolean THEN 'on' ELSE 'off' END
            ELSE lower(own.value)
        END
    ) AS kept (value)
    JOIN rule ON rule.name = g.name AND kept.value ~ rule.bad
    WHERE s.setdatabase = 0 OR d.datname = pg_catalog.current_database()
    UNION ALL
    -- Slow statements are logged with their parameters unless that is said.
    SELECT
        'WARN', p.name, NULL, p.setting, 'values of people reach the log with every slow statement',
        'ALTER SYSTEM SET log_parameter_max_length = 0; SELECT pg_catalog.pg_reload_conf();'
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
        'WARN', 'ssl', NULL, s.setting, 'what clients on other machines send can be read on the way',
        'Give the server a certificate, and set ssl = on.'
    FROM pg_catalog.pg_settings AS s
    JOIN pg_catalog.pg_settings AS a ON a.name = 'listen_addresses'
    WHERE s.name = 'ssl'
      AND s.setting = 'off'
      AND a.setting !~ '^\s*((localhost|127[.0-9]+|::1)\s*,?\s*)*$'
) AS s (level, name, place, value, problem, mend);

COMMENT ON VIEW kernel.check_settings IS
'Settings that endanger durability, isolation or secrecy, of the server, of this database and of any
role: fsync, full_page_writes, synchronous_commit, data_checksums, ignore_checksum_failure,
zero_damaged_pages, row_security, session_replication_role, autovacuum, track_counts,
track_activities, password_encryption, ssl, and what of parameters and statements reaches the log.';


CREATE OR REPLACE VIEW kernel.check_unindexed_foreign_key
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
      JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
      JOIN pg_catalog.pg_am AS m ON m.oid = x.relam AND m.amname <> 'brin'
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


CREATE OR REPLACE VIEW kernel.check_unreached_person
WITH (security_invoker = true)
AS
-- Once an app, not once a column: it reads the whole catalogue of the app.
WITH reached AS MATERIALIZED (
    SELECT s.relation
    FROM kernel.app_schemas() AS app (name)
    CROSS JOIN LATERAL kernel.subject_conditions(app.name::text) AS s
)
SELECT
    'unreached_person' AS name,
    'Nobody can say whose personal data this is' AS title,
    CASE WHEN c.relkind = 'm' THEN 'WARN' ELSE 'ERROR' END AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'What is personal must be found by its person, or neither an export nor an'
    ' erasure reaches it.' AS description,
    format(
        '%s holds %s, and neither a column nor a foreign key leads to a person.', c.oid::regclass,
        string_agg(m.column_name, ', ' ORDER BY m.position)
    ) AS detail,
    CASE
        WHEN c.relkind = 'm' THEN 'Leave the columns out of it, or refresh it after each erasure.'
        WHEN c.relkind = 'f' THEN 'Keep personal data in tables of this database.'
        ELSE 'Add user_id, tag the column that holds the person''s id with @subject, or add a'
        ' foreign key to a table that has one. If it is nobody''s, tag the columns @public or'
        ' @internal.'
    END AS remediation,
    jsonb_build_object('schema', m.app, 'name', m.table_name) AS metadata,
    format('unreached_person:%s', c.oid::regclass) AS cache_key
FROM kernel.data_map AS m
JOIN pg_catalog.pg_class AS c ON c.oid = m.relation
WHERE m.is_personal
  AND m.relation = m.root
  AND NOT EXISTS (SELECT FROM reached AS r WHERE r.relation = m.relation)
GROUP BY m.app, m.table_name, c.oid, c.relkind;

COMMENT ON VIEW kernel.check_unreached_person IS
'Tables and foreign tables of apps with personal columns whose person no condition of
kernel.subject_tables finds (ERROR), and materialised views with personal columns (WARN).';


CREATE OR REPLACE VIEW kernel.check_unsafe_privilege
WITH (security_invoker = true)
AS
SELECT
    'unsafe_privilege' AS name,
    'A role may truncate a table, or pass a right on' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'SECURITY'] AS categories,
    'TRUNCATE ignores row level security and triggers for rows; REFERENCES and'
    ' TRIGGER let others hang things on a table, CREATE lets them put things into a'
    ' schema; a grant option lets them hand rights on.' AS description,
    format('%s has %s on %s.', held.grantee, held.text, held.object) AS detail,
    format(
        'REVOKE %s%s%s ON %s%s FROM %s%s;',
        CASE WHEN held.is_unsafe THEN '' ELSE 'GRANT OPTION FOR ' END, held.privilege_type,
        held.columns, held.kind, held.object, held.grantee,
        -- What was handed on goes with it.
        CASE WHEN held.is_grantable THEN ' CASCADE' ELSE '' END
    ) AS remediation,
    jsonb_build_object(
        'schema', held.schema, 'name', held.name, 'role', held.grantee, 'privilege', held.text
    ) AS metadata,
    format('unsafe_privilege:%s:%s:%s', held.object, held.grantee, held.text) AS cache_key
FROM (
    SELECT
        o.kind, o.schema, o.name, o.object, o.columns, acl.privilege_type, acl.is_grantable,
        CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
        rule.is_unsafe,
        concat(
            acl.privilege_type, o.columns,
            CASE WHEN acl.is_grantable THEN ' with the right to grant it' END
        )
    FROM (
        SELECT
            CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, n.nspname, c.relname,
            format('%I.%I', n.nspname, c.relname), NULL, c.relowner, c.relacl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relacl IS NOT NULL
        UNION ALL
        SELECT
            '', n.nspname, c.relname, format('%I.%I', n.nspname, c.relname),
            format(' (%I)', a.attname), c.relowner, a.attacl
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
        WHERE a.attacl IS NOT NULL
        UNION ALL
        SELECT 'SCHEMA ', n.nspname, n.nspname, format('%I', n.nspname), NULL, n.nspowner, n.nspacl
        FROM pg_catalog.pg_namespace AS n
        WHERE n.nspacl IS NOT NULL
        UNION ALL
        SELECT
            'ROUTINE ', n.nspname, p.proname,
            format(
                '%I.%I(%s)', n.nspname, p.proname, (
                    SELECT string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.place)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, place)
                )
            ),
            NULL, p.proowner, p.proacl
        FROM pg_catalog.pg_proc AS p
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.proacl IS NOT NULL
    ) AS o (kind, schema, name, object, columns, owner, acl)
    CROSS JOIN pg_catalog.aclexplode(o.acl) AS acl
    CROSS JOIN LATERAL (
        SELECT CASE o.kind
            WHEN '' THEN acl.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
            -- Definer functions belong to a role that must be able to have them there.
            WHEN 'SCHEMA ' THEN acl.privilege_type = 'CREATE' AND NOT EXISTS (
                SELECT
                FROM pg_catalog.pg_roles AS r
                WHERE r.oid = acl.grantee
                  AND r.rolname = CASE o.name WHEN 'kernel' THEN 'strongroom' ELSE o.name END
                      || '_definer'
            )
            ELSE false
        END
    ) AS rule (is_unsafe)
    WHERE o.schema IN (SELECT kernel.guarded_schemas())
      AND acl.grantee <> o.owner
      AND (rule.is_unsafe OR acl.is_grantable)
) AS held (
    kind, schema, name, object, columns, privilege_type, is_grantable, grantee, is_unsafe, text
);

COMMENT ON VIEW kernel.check_unsafe_privilege IS
'Grants on tables to others than the owner that are more than SELECT, INSERT, UPDATE or DELETE, CREATE
on a schema for others than its definer role, and rights on tables, sequences, functions and schemas
that may be passed on.';


CREATE OR REPLACE VIEW kernel.check_untagged_schema
WITH (security_invoker = true)
AS
SELECT
    'untagged_schema' AS name,
    'A schema with tables is no app' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'Checks, export, erasure, holds and masking look into schemas whose comment has'
    ' the tag @app. Of what lies elsewhere they know nothing.' AS description,
    format(
        'Schema %I has %s tables (%s), and no tag @app.', found.schema_name, found.count,
        found.reason
    ) AS detail,
    'COMMENT ON SCHEMA, with @app on a line of its own at the end; or give the tables'
    ' to another role if they hold nothing of an app.' AS remediation,
    jsonb_build_object('schema', found.schema_name, 'tables', found.count) AS metadata,
    format('untagged_schema:%I', found.schema_name) AS cache_key
FROM (
    SELECT
        n.nspname,
        count(*),
        CASE
            WHEN bool_or(own.rolname = 'strongroom_owner') THEN 'of strongroom_owner'
            ELSE format('and there is a role %I', n.nspname || '_app')
        END
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_roles AS own ON own.oid = c.relowner
    WHERE c.relkind IN ('r', 'p', 'm', 'f')
      AND NOT c.relispartition
      AND n.nspname NOT IN ('kernel', 'strongroom')
      AND n.nspname !~ '^pg_'
      AND n.nspname NOT IN (SELECT kernel.app_schemas())
      -- Where partitions that are past their time are kept: kernel.check_partition_plan.
      AND n.nspname NOT IN (
          SELECT p.archive_schema
          FROM kernel.partition_policy AS p
          WHERE p.archive_schema IS NOT NULL
      )
      AND (
          own.rolname = 'strongroom_owner'
          OR EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = n.nspname || '_app')
      )
    GROUP BY n.nspname
) AS found (schema_name, count, reason);

COMMENT ON VIEW kernel.check_untagged_schema IS
'Schemas with tables, materialised views or foreign tables of strongroom_owner, or with a role
<schema>_app, that do not have the tag @app, so that no other check looks into them. Archives of
partitions are left out.';


CREATE OR REPLACE VIEW kernel.check_view_rights
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
            WHEN 'f' THEN 'reads rows of another place, which no policy binds, and others may use it'
            ELSE 'reads with the rights of its owner'
        END
    ) AS detail,
    CASE
        WHEN c.relkind <> 'v' THEN (
            SELECT string_agg(
                format('REVOKE ALL ON %I.%I FROM %s CASCADE;', n.nspname, c.relname, r.name),
                ' ' ORDER BY r.name
            )
            FROM unnest(held.names) AS r (name)
        )
        ELSE format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, c.relname)
    END AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('view_rights:%I.%I', n.nspname, c.relname) AS cache_key
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT g.name)
    FROM (
        SELECT acl.grantee FROM pg_catalog.aclexplode(c.relacl) AS acl
        UNION ALL
        SELECT acl.grantee
        FROM pg_catalog.pg_attribute AS a
        CROSS JOIN pg_catalog.aclexplode(a.attacl) AS acl
        WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL
    ) AS t (grantee)
    CROSS JOIN LATERAL (
        SELECT CASE t.grantee WHEN 0 THEN 'PUBLIC' ELSE t.grantee::regrole::text END
    ) AS g (name)
    WHERE t.grantee <> c.relowner
) AS held (names)
WHERE c.relkind IN ('v', 'm', 'f')
  AND (
      n.nspname IN (SELECT kernel.guarded_schemas())
      -- Wherever else one stands that shows what ours hold.
      OR n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND held.names IS NOT NULL
      AND EXISTS (
          SELECT
          FROM pg_catalog.pg_rewrite AS w
          JOIN pg_catalog.pg_depend AS d
              ON d.classid = 'pg_catalog.pg_rewrite'::regclass
              AND d.objid = w.oid
              AND d.refclassid = 'pg_catalog.pg_class'::regclass
          JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid
          JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
          WHERE w.ev_class = c.oid
            AND s.nspname IN (SELECT kernel.guarded_schemas())
            AND (s.nspname <> 'kernel' OR t.relkind IN ('r', 'p'))
      )
  )
  AND (
      c.relkind IN ('m', 'f') AND held.names IS NOT NULL
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
          AND coalesce(
              held.names <@ CASE
                  WHEN n.nspname IN (SELECT kernel.guarded_schemas())
                      THEN ARRAY[pg_catalog.quote_ident(n.nspname || '_analyst')]
                  ELSE ARRAY(
                      SELECT pg_catalog.quote_ident(app.name || '_analyst')
                      FROM kernel.app_schemas() AS app (name)
                  )
              END, true
          )
      )
  );

COMMENT ON VIEW kernel.check_view_rights IS
'Views that read with the rights of their owner, save barriers for analysts alone, and materialised
views and foreign tables that others than their owner may read. Outside of our schemas, those that
read what is in them and that others than their owner may use.';
