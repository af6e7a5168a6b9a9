-- What roles of apps and the runner may call says clearly what it can't do with NULL.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
-- A call that never ends is a finding as well.
SET LOCAL statement_timeout = '60s';
SELECT plan(5);

-- Roles that programs have, and the functions of the kernel that take arguments and that they may call.
CREATE TEMPORARY TABLE callable AS
SELECT DISTINCT ON (p.oid)
    p.oid::regprocedure AS function, p.proname, p.provolatile, r.rolname::text AS role, p.prokind,
    p.pronargs, p.pronargdefaults, string_to_array(oidvectortypes(p.proargtypes), ', ') AS types
FROM pg_proc AS p
CROSS JOIN unnest(ARRAY[
    'strongroom_runner', 'tarot_app', 'tarot_worker', 'tarot_analyst', 'strongroom_auditor', 'pg_monitor'
]) WITH ORDINALITY AS r (rolname, position)
WHERE p.pronamespace = 'kernel'::regnamespace
  AND p.prorettype <> 'trigger'::regtype
  AND p.pronargs > 0
  AND has_function_privilege(r.rolname, p.oid, 'EXECUTE')
  -- Run whatever is due, for as long as it takes; reads a bound that PostgreSQL wrote.
  AND p.proname NOT IN ('run_due_jobs', 'run_jobs', 'partition_position')
ORDER BY p.oid, r.position;

-- Something of each type that might do.
CREATE FUNCTION pg_temp.argument(p_type text, p_is_null boolean) RETURNS text
LANGUAGE sql
RETURN CASE
    WHEN p_is_null THEN 'NULL'
    ELSE quote_literal(CASE p_type
        WHEN 'text' THEN 'tarot' WHEN 'name' THEN 'tarot' WHEN 'jsonb' THEN '{}'
        WHEN 'boolean' THEN 'false' WHEN 'regclass' THEN 'kernel.job' WHEN 'regtype' THEN 'bigint'
        WHEN 'interval' THEN '1 day' WHEN 'date' THEN '2020-01-01' WHEN 'bytea' THEN '\x01'
        WHEN 'timestamp with time zone' THEN '2020-01-01' WHEN 'xid8' THEN '3'
        WHEN 'timestamp without time zone' THEN '2020-01-01'
        WHEN 'uuid' THEN '00000000-0000-4000-8000-000000000000' WHEN 'oid' THEN '20'
        ELSE CASE WHEN p_type LIKE '%[]' THEN '{}' ELSE '1' END
    END)
END || '::' || p_type;

CREATE FUNCTION pg_temp.outcome(p_role text, p_call text, OUT state text, OUT message text)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('role', p_role, true);
    PERFORM set_config('kernel.app', 'tarot', true);
    PERFORM set_config('kernel.user_id', '1', true);
    PERFORM set_config('kernel.actor', 'test', true);
    EXECUTE p_call;
    RAISE SQLSTATE 'ZZ000';
EXCEPTION
    WHEN OTHERS THEN
        state := CASE SQLSTATE WHEN 'ZZ000' THEN 'done' ELSE SQLSTATE END;
        message := SQLERRM;
END;
$$;

-- Each call with NULL alone, with defaults where there are some, and with one NULL among others.
CREATE TEMPORARY TABLE calls AS
SELECT c.function, c.proname, c.provolatile, c.role, t.nulls, format(
    '%s kernel.%I(%s)', CASE c.prokind WHEN 'p' THEN 'CALL' ELSE 'SELECT * FROM' END, c.proname,
    (
        SELECT string_agg(
            pg_temp.argument(a.type, t.nulls = 'all' OR t.nulls = a.position::text),
            ', ' ORDER BY a.position
        )
        FROM unnest(c.types) WITH ORDINALITY AS a (type, position)
        WHERE t.nulls <> 'required' OR a.position <= c.pronargs - c.pronargdefaults
    )
) AS call
FROM pg_temp.callable AS c
CROSS JOIN LATERAL (
    SELECT 'all'
    UNION ALL
    SELECT n.n::text FROM generate_series(1, c.pronargs) AS n (n)
) AS t (nulls)
-- Whatever array or row another part of the kernel hands over.
WHERE NOT EXISTS (
    SELECT FROM unnest(c.types) AS a (type) WHERE a.type IN ('kernel.audit_seal', 'pg_node_tree')
);
CREATE TEMPORARY TABLE outcomes AS
SELECT c.*, o.state, o.message
FROM pg_temp.calls AS c
CROSS JOIN LATERAL pg_temp.outcome(c.role, c.call) AS o;
RESET ROLE;

SELECT cmp_ok((SELECT count(*) FROM pg_temp.outcomes), '>', 150::bigint, 'there is much to call');
SELECT is_empty(
    $$
        SELECT o.call, o.state, o.message FROM pg_temp.outcomes AS o
        WHERE o.state NOT IN ('done', '22023', '23502', '23514') AND o.state !~ '^KR'
    $$,
    'NULL is refused by an error of ours, as no parameter, or by a rule of the table that it would be in'
);
SELECT is_empty(
    $$
        SELECT o.call, o.message FROM pg_temp.outcomes AS o
        WHERE o.state ~ '^KR|22023' AND o.message ~ '  | $|^ '
    $$,
    'and the message names it'
);
-- What writes and takes NULL does so by its comment.
SELECT set_eq(
    $$
        SELECT DISTINCT o.proname::text FROM pg_temp.outcomes AS o
        WHERE o.provolatile = 'v' AND o.state = 'done' AND o.nulls = 'all'
    $$,
    ARRAY[
        -- Nothing is a partition of nothing; nothing of it is free; no run is open.
        'adjust_counters_for', 'is_partition_free', 'record_job_batch',
        -- Of no keys, none.
        'close_data_keys', 'replace_data_keys', 'rewrap_data_keys',
        -- NULL for NULL; the answer for any wrong code.
        'uuid_v7_at', 'verify_request'
    ],
    'what changes something does nothing in silence'
);
SELECT is(
    (SELECT array_agg(DISTINCT o.state) FROM pg_temp.outcomes AS o
     WHERE o.proname IN ('erase_audit', 'erase_counters', 'shred_subject_keys') AND o.nulls = 'all'),
    ARRAY['22023', 'KR041'], 'nobody is erased by no name'
);

SELECT * FROM finish();
ROLLBACK;
