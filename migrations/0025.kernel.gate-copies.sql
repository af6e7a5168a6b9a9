-- Keep apps out of restored copies until erasures have been replayed in them.
-- depends: 0024.kernel.watch-more
-- locks: ACCESS EXCLUSIVE on each table of an app, for an instant: a policy more

CREATE OR REPLACE VIEW kernel.check_policy_helper
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
      -- Folded by the planner, and without a name that a search_path moves.
      AND p.oid IS DISTINCT FROM to_regprocedure('kernel.is_serving()')
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
Definer functions are left out: they are pinned. So is kernel.is_serving(), a constant to the planner.';


CREATE TABLE kernel.serving_gate (
    database_id oid NOT NULL,
    table_id oid NOT NULL,
    transaction_id xid NOT NULL DEFAULT '0',
    system_identifier bigint NOT NULL,
    server_version integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    opened_by text NOT NULL DEFAULT SESSION_USER,
    reason text NOT NULL,
    CONSTRAINT serving_gate_reason_length_check CHECK (length(reason) BETWEEN 1 AND 500)
);

-- So that it can be published, without a key.
ALTER TABLE kernel.serving_gate REPLICA IDENTITY FULL;

COMMENT ON TABLE kernel.serving_gate IS
'Says that this database may serve, and what it was when that was said. One row; kernel.gate_problem()
compares it with what the database is. A copy brings the row along, and it no longer fits.
@keyless a dump that is loaded into its own database must bring its row in beside the one there';
COMMENT ON COLUMN kernel.serving_gate.database_id IS
'Number of the database in its cluster: pg_database.oid. 0 where the gate was closed.';
COMMENT ON COLUMN kernel.serving_gate.table_id IS
'Number of this table.';
COMMENT ON COLUMN kernel.serving_gate.transaction_id IS
'The transaction that wrote the row, which PostgreSQL keeps in xmin as well. 0 where the gate was
closed.';
COMMENT ON COLUMN kernel.serving_gate.system_identifier IS
'The cluster, as pg_control_system() tells it.';
COMMENT ON COLUMN kernel.serving_gate.server_version IS
'Major version of the server.';
COMMENT ON COLUMN kernel.serving_gate.opened_at IS
'When the gate was opened or closed.';
COMMENT ON COLUMN kernel.serving_gate.opened_by IS
'The login that did.';
COMMENT ON COLUMN kernel.serving_gate.reason IS
'Why.';

ALTER TABLE kernel.serving_gate ENABLE ROW LEVEL SECURITY;
ALTER TABLE kernel.serving_gate FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON kernel.serving_gate
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY select_reader ON kernel.serving_gate
FOR SELECT TO strongroom_definer, strongroom_runner USING (true);

GRANT SELECT ON kernel.serving_gate TO strongroom_definer, strongroom_runner;

CREATE TRIGGER t10_ask_gate
AFTER INSERT ON kernel.serving_gate
FOR EACH STATEMENT EXECUTE FUNCTION kernel.tg_ask_gate();

COMMENT ON TRIGGER t10_ask_gate ON kernel.serving_gate IS
'A row that a restore brings closes the gate for sessions that are there already.';

-- A new database has nothing to replay, and the ledger of one that gets this table now is empty.
SELECT kernel.mark_serving('the gate was built');

CREATE VIEW kernel.check_missing_gate
WITH (security_invoker = true)
AS
SELECT
    'missing_gate' AS name,
    'A table would serve in a restored copy' AS title,
    'ERROR' AS level,
    'INTERNAL' AS facing,
    ARRAY['CATALOGUE', 'PRIVACY'] AS categories,
    'A copy that is restored still has people who were erased since it was taken.'
    ' The policy all_serving keeps everybody out until they are erased again.' AS description,
    format(
        '%I.%I has no policy all_serving for %s.', n.nspname, c.relname, missing.names
    ) AS detail,
    CASE
        WHEN EXISTS (
            SELECT
            FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND p.polname = 'all_serving'
        ) THEN format('DROP POLICY all_serving ON %I.%I; ', n.nspname, c.relname)
        ELSE ''
    END || format(
        'CREATE POLICY all_serving ON %I.%I AS RESTRICTIVE FOR ALL TO %s'
        ' USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());',
        n.nspname, c.relname, wanted.names
    ) AS remediation,
    jsonb_build_object('schema', n.nspname, 'name', c.relname) AS metadata,
    format('missing_gate:%I.%I', n.nspname, c.relname) AS cache_key
FROM kernel.app_schemas() AS app (name)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = app.name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
CROSS JOIN LATERAL (
    SELECT array_agg(r.oid) AS oids, string_agg(quote_ident(r.rolname), ', ') AS names
    FROM (
        SELECT role.oid, role.rolname
        FROM kernel.serving_roles(app.name) AS s (name)
        JOIN pg_catalog.pg_roles AS role ON role.rolname = s.name
        UNION
        SELECT role.oid, role.rolname
        FROM pg_catalog.pg_policy AS p
        JOIN pg_catalog.pg_roles AS role ON role.oid = ANY (p.polroles)
        WHERE p.polrelid = c.oid
    ) AS r
) AS wanted
CROSS JOIN LATERAL (
    SELECT string_agg(role.rolname::text, ', ' ORDER BY role.rolname) AS names
    FROM pg_catalog.pg_roles AS role
    WHERE role.oid = ANY (wanted.oids)
      AND NOT EXISTS (
          SELECT
          FROM pg_catalog.pg_policy AS p
          WHERE p.polrelid = c.oid
            AND NOT p.polpermissive
            AND p.polcmd = '*'
            AND p.polroles && ARRAY[role.oid, 0::oid]
            AND pg_catalog.pg_get_expr(p.polqual, c.oid) ~ '^(kernel\.)?is_serving\(\)$'
            AND pg_catalog.pg_get_expr(p.polwithcheck, c.oid) ~ '^(kernel\.)?is_serving\(\)$'
      )
) AS missing
WHERE c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND missing.names IS NOT NULL;

COMMENT ON VIEW kernel.check_missing_gate IS
'Tables of apps without the restrictive policy on kernel.is_serving() for everybody whom the table
serves. Partitions have no policies but the owner''s, and are reached through their table.';

GRANT SELECT ON kernel.check_missing_gate TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_erasures_not_replayed
WITH (security_invoker = true)
AS
SELECT
    'erasures_not_replayed' AS name,
    'The database is a copy that is not open' AS title,
    'ERROR' AS level,
    'EXTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'Erasures that were finished after a copy was taken must be replayed in it'
    ' before apps may use it; until then every statement of theirs fails.' AS description,
    format('Apps are kept out of %I. %s', pg_catalog.current_database(), gate.problem) AS detail,
    'strongroom subject ledger replay FILE, with the ledger that was exported'
    ' last: see docs/kernel/restored-copies.md.' AS remediation,
    jsonb_build_object('database', pg_catalog.current_database()) AS metadata,
    'erasures_not_replayed' AS cache_key
FROM kernel.gate_problem() AS gate (problem)
WHERE gate.problem IS NOT NULL;

COMMENT ON VIEW kernel.check_erasures_not_replayed IS
'A database that may not serve: one that was restored or copied, or whose gate was closed.';

GRANT SELECT ON kernel.check_erasures_not_replayed TO strongroom_runner;

CREATE POLICY all_serving ON tarot.users
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_serving ON tarot.credits
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_serving ON tarot.spread_prices
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_serving ON tarot.transactions
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_serving ON tarot.readings
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());

-- Counters that are declared after this have it from the start.
DO $counters$
DECLARE
    v_table record;
BEGIN
    FOR v_table IN
        SELECT
            t.relation::regclass AS relation,
            (
                SELECT string_agg(quote_ident(r.name), ', ')
                FROM kernel.serving_roles(c.app) AS r (name)
            ) AS roles
        FROM kernel.counter AS c
        CROSS JOIN LATERAL kernel.counter_parts(c.app, c.name) AS p
        CROSS JOIN LATERAL (VALUES (p.deltas), (p.totals)) AS t (relation)
        WHERE NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_policy AS o
            WHERE o.polrelid = t.relation::regclass AND o.polname = 'all_serving'
        )
    LOOP
        EXECUTE format(
            'CREATE POLICY all_serving ON %s AS RESTRICTIVE FOR ALL TO %s'
            ' USING (kernel.is_serving()) WITH CHECK (kernel.is_serving())',
            v_table.relation, v_table.roles
        );
    END LOOP;
END;
$counters$;
