BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_policy_helper AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'what policies call is bound when it is created: inlined, and not to be hijacked'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.me() RETURNS integer LANGUAGE sql STABLE RETURN 1;
CREATE FUNCTION probe.text_me() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION probe.slow_me() RETURNS integer LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp RETURN 1;
CREATE FUNCTION probe.any_me() RETURNS integer LANGUAGE sql VOLATILE RETURN 1;
CREATE FUNCTION probe.deep_me() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION probe.unused() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION probe.pinned_me() RETURNS integer LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN 1; END';
CREATE FUNCTION probe.through() RETURNS integer LANGUAGE sql STABLE
BEGIN ATOMIC SELECT probe.deep_me(); END;
CREATE FUNCTION probe.same(integer, text) RETURNS boolean LANGUAGE sql STABLE
AS 'SELECT $1::text = $2';
CREATE OPERATOR probe.=== (LEFTARG = integer, RIGHTARG = text, FUNCTION = probe.same);
CREATE FUNCTION probe.number() RETURNS integer LANGUAGE internal STABLE AS 'pg_backend_pid';
-- What an extension brings is its own to mend.
CREATE FUNCTION probe.brought() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
ALTER EXTENSION plpgsql ADD FUNCTION probe.brought();
CREATE SCHEMA probe_out;
CREATE FUNCTION probe_out.me() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE TABLE probe.notes (a integer);
CREATE POLICY select_e ON probe.notes FOR SELECT TO strongroom_client
USING (a = (SELECT probe.pinned_me()));
CREATE POLICY select_f ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.through());
CREATE POLICY select_g ON probe.notes FOR SELECT TO strongroom_client
USING (a OPERATOR(probe.===) 'x');
CREATE POLICY select_h ON probe.notes FOR SELECT TO strongroom_client USING (a = probe_out.me());
CREATE POLICY select_j ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.brought());
CREATE POLICY select_i ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.number());
CREATE POLICY select_a ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.me());
CREATE POLICY select_b ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.text_me());
CREATE POLICY select_c ON probe.notes FOR SELECT TO strongroom_client USING (a = probe.slow_me());
CREATE POLICY insert_d ON probe.notes FOR INSERT TO strongroom_client
WITH CHECK (a = probe.any_me());

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.text_me() is called by a policy and has its body as a string.',
        'probe.slow_me() is called by a policy and has settings, so it is not inlined.',
        'probe.any_me() is called by a policy and is volatile.',
        'probe.pinned_me() is called by a policy and has settings, so it is not inlined.',
        'probe.deep_me() is called by a policy and has its body as a string.',
        'probe.same(integer, text) is called by a policy and has its body as a string.',
        'probe_out.me() is called by a policy and has its body as a string.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('policy_helper'), 2, 'it says what mends them');
SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.text_me() is called by a policy and has its body as a string.',
        'probe.pinned_me() is called by a policy and has settings, so it is not inlined.',
        'probe.deep_me() is called by a policy and has its body as a string.',
        'probe.same(integer, text) is called by a policy and has its body as a string.',
        'probe_out.me() is called by a policy and has its body as a string.'
    ],
    'and that done, only what needs a decision is found'
);

SELECT * FROM finish();
ROLLBACK;
