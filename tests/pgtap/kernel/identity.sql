-- Who a transaction acts for: the readers of the kernel.* settings.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(27);

SELECT is(kernel.current_app(), NULL, 'no app when the setting was never made');
SELECT is(kernel.user_bigint(), NULL, 'no bigint user when the setting was never made');
SELECT is(kernel.user_uuid(), NULL, 'no uuid user when the setting was never made');
SELECT is(kernel.actor(), NULL, 'no actor when the setting was never made');
SELECT is(kernel.request_id(), NULL, 'no request when the setting was never made');

SELECT set_config(name, '', true)
FROM unnest(ARRAY['kernel.app', 'kernel.user_id', 'kernel.actor', 'kernel.request_id']) AS name;

SELECT is(kernel.current_app(), NULL, 'an empty app is no app');
SELECT is(kernel.user_bigint(), NULL, 'an empty bigint user is no user');
SELECT is(kernel.user_uuid(), NULL, 'an empty uuid user is no user');
SELECT is(kernel.actor(), NULL, 'an empty actor is no actor');
SELECT is(kernel.request_id(), NULL, 'an empty request is no request');

SELECT throws_ok(
    'SELECT kernel.require_user_bigint()', 'KR001', 'no user is set for this transaction',
    'require_user_bigint() refuses a transaction without a user'
);
SELECT throws_ok(
    'SELECT kernel.require_user_uuid()', 'KR001', 'no user is set for this transaction',
    'require_user_uuid() refuses a transaction without a user'
);

SET LOCAL kernel.app = 'an app';
SET LOCAL kernel.user_id = '-9223372036854775808';
SET LOCAL kernel.actor = 'a program';
SET LOCAL kernel.request_id = 'a request';

SELECT is(kernel.current_app(), 'an app', 'the app is read');
SELECT is(kernel.user_bigint(), -9223372036854775808, 'the bigint user is read, down to the least');
SELECT is(kernel.require_user_bigint(), -9223372036854775808, 'and required');
SELECT is(kernel.actor(), 'a program', 'the actor is read');
SELECT is(kernel.request_id(), 'a request', 'the request is read');

SELECT throws_ok(
    'SELECT kernel.user_uuid()', '22P02', NULL, 'a bigint does not pass for a uuid, nor for nobody'
);
SET LOCAL kernel.user_id = '018f2b7c-0000-7000-8000-000000000001';
SELECT is(kernel.user_uuid(), '018f2b7c-0000-7000-8000-000000000001', 'the uuid user is read');
SELECT is(kernel.require_user_uuid(), '018f2b7c-0000-7000-8000-000000000001', 'and required');
SELECT throws_ok(
    'SELECT kernel.user_bigint()', '22P02', NULL,
    'a uuid does not pass for a bigint, nor for nobody'
);

-- A policy of the one shape: an index condition, on every version, for whoever reads.
CREATE SCHEMA probe;
GRANT USAGE ON SCHEMA probe TO strongroom_client;
CREATE TABLE probe.notes (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    other uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT notes_pkey PRIMARY KEY (user_id, id)
);
CREATE INDEX notes_other_idx ON probe.notes (other);
ALTER TABLE probe.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY select_own ON probe.notes FOR SELECT TO strongroom_client
USING (user_id = kernel.user_bigint());
GRANT SELECT ON probe.notes TO strongroom_client;
INSERT INTO probe.notes (user_id, id)
SELECT u, i FROM generate_series(1, 500) AS u, generate_series(1, 10) AS i;
ANALYZE probe.notes;

CREATE FUNCTION pg_temp.plan_of(p_query text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v_line text;
    v_plan text := '';
BEGIN
    FOR v_line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || p_query LOOP
        v_plan := v_plan || v_line || E'\n';
    END LOOP;
    RETURN v_plan;
END;
$$;

GRANT USAGE ON SCHEMA pgtap TO strongroom_client;
SET LOCAL kernel.user_id = '42';
SET LOCAL ROLE strongroom_client;
SELECT matches(
    pg_temp.plan_of('SELECT FROM probe.notes'),
    'Index Cond: \(user_id = \(NULLIF\(current_setting\(''kernel.user_id''::text, true\), '
    '''''::text\)\)::bigint\)',
    'a policy on user_bigint() is inlined into an index condition'
);
SELECT is((SELECT count(*) FROM probe.notes), 10::bigint, 'and shows the rows of that user');
RESET ROLE;
SET LOCAL kernel.user_id = '018f2b7c-0000-7000-8000-000000000001';
SELECT matches(
    pg_temp.plan_of('SELECT FROM probe.notes WHERE other = kernel.user_uuid()'),
    'Index Cond: \(other = \(NULLIF\(current_setting\(''kernel.user_id''::text, true\), '
    '''''::text\)\)::uuid\)',
    'user_uuid() is inlined into an index condition'
);

-- Names that a caller puts in front of PostgreSQL's own must not be found.
CREATE SCHEMA trap;
GRANT USAGE ON SCHEMA trap TO strongroom_client;
CREATE FUNCTION trap.current_setting(text, boolean) RETURNS text LANGUAGE sql IMMUTABLE RETURN '7';
CREATE FUNCTION trap.equal(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN false;
CREATE FUNCTION trap.equal(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN true;
CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, PROCEDURE = trap.equal);
CREATE OPERATOR trap.= (LEFTARG = bigint, RIGHTARG = bigint, PROCEDURE = trap.equal);
CREATE TEMPORARY TABLE pg_settings (name text) ON COMMIT DROP;
SET LOCAL kernel.user_id = '42';
SET LOCAL search_path = trap, pg_temp, pgtap, pg_catalog;
SET LOCAL ROLE strongroom_client;
-- pgTAP itself would fall into the trap: what is found is kept, and judged afterwards.
SELECT
    pg_catalog.set_config('probe.user', kernel.user_bigint()::text, true),
    pg_catalog.set_config('probe.rows', (SELECT pg_catalog.count(*) FROM probe.notes)::text, true);
RESET ROLE;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT is(current_setting('probe.user'), '42', 'a hostile search_path changes no identity');
SELECT is(current_setting('probe.rows'), '10', 'a hostile search_path opens no policy');

SELECT is(
    (
        SELECT count(*)
        FROM pg_proc AS p
        WHERE p.oid IN (
            'kernel.current_app()'::regprocedure, 'kernel.user_bigint()'::regprocedure,
            'kernel.user_uuid()'::regprocedure, 'kernel.actor()'::regprocedure,
            'kernel.request_id()'::regprocedure
        )
          AND p.prosqlbody IS NOT NULL
          AND p.proconfig IS NULL
          AND p.provolatile = 's'
          AND p.proparallel = 's'
          AND has_function_privilege('strongroom_client', p.oid, 'EXECUTE')
          AND NOT has_function_privilege('public', p.oid, 'EXECUTE')
    ),
    5::bigint,
    'each reader has a bound body, is stable, parallel safe, and for clients alone'
);

SELECT * FROM finish();
ROLLBACK;
