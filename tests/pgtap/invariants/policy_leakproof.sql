BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_policy_not_leakproof AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'what policies call on columns is leakproof'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.is_mine(p_id bigint) RETURNS boolean LANGUAGE sql STABLE RETURN p_id = 1;
CREATE TABLE probe.notes (
    user_id bigint, name text, price numeric, tags jsonb, at timestamptz, code uuid, is_open boolean
);
-- A column by itself, and whatever is called on constants alone.
CREATE POLICY select_own ON probe.notes FOR SELECT TO strongroom_client
USING (user_id = nullif(current_setting('x', true), '')::bigint AND is_open);
CREATE POLICY select_text ON probe.notes FOR SELECT TO strongroom_client
USING (name = lower(current_setting('x')) AND at < now() - make_interval(days => 3));
CREATE POLICY select_list ON probe.notes FOR SELECT TO strongroom_client
USING (code = ANY (string_to_array(current_setting('x'), ',')::uuid[]) OR name IS NULL);
-- Not these.
CREATE POLICY select_lower ON probe.notes FOR SELECT TO strongroom_client
USING (lower(name) = current_setting('x'));
CREATE POLICY select_price ON probe.notes FOR SELECT TO strongroom_client USING (price = 3);
CREATE POLICY select_tags ON probe.notes FOR SELECT TO strongroom_client
USING (is_open AND (user_id = 1 OR tags @> '{"{": "}"}'));
CREATE POLICY select_helper ON probe.notes FOR SELECT TO strongroom_client
USING (probe.is_mine(user_id));
CREATE POLICY select_deep ON probe.notes FOR SELECT TO strongroom_client
USING (coalesce(length(nullif(name, 'x')), 0) = 3);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'Policy select_lower on probe.notes calls lower(text) on its columns.',
        'Policy select_price on probe.notes calls numeric_eq(numeric,numeric) on its columns.',
        'Policy select_tags on probe.notes calls jsonb_contains(jsonb,jsonb) on its columns.',
        'Policy select_helper on probe.notes calls probe.is_mine(bigint) on its columns.',
        'Policy select_deep on probe.notes calls length(text) on its columns.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
