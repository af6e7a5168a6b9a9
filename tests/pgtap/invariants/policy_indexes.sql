BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_policy_not_indexed AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every policy on who asks is an index condition'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.notes (user_id bigint, id bigint, room_id bigint, PRIMARY KEY (user_id, id));
CREATE TABLE probe.rooms (id bigint PRIMARY KEY, user_id bigint, name text);
CREATE POLICY select_own ON probe.notes FOR SELECT TO strongroom_client
USING (user_id = kernel.user_bigint());
CREATE POLICY insert_own ON probe.rooms FOR INSERT TO strongroom_client
WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY select_array ON probe.rooms FOR SELECT TO strongroom_client
USING (id = ANY (ARRAY(SELECT n.room_id FROM probe.notes AS n)));
CREATE POLICY select_named ON probe.rooms FOR SELECT TO strongroom_client USING (name IS NOT NULL);
-- What stands within a query that gives an array runs once.
CREATE POLICY select_once ON probe.rooms FOR SELECT TO strongroom_client
USING (id = ANY (ARRAY(
    SELECT n.room_id
    FROM probe.notes AS n
    WHERE n.user_id = kernel.user_bigint()
       OR EXISTS (SELECT FROM probe.rooms AS r WHERE r.name = '{BOOLEXPR :boolop or ' OR r.id = 2)
)));
-- Not these.
-- An index on another column that the policy names serves nobody.
CREATE TABLE probe.posts (is_shown boolean, user_id bigint);
CREATE INDEX posts_is_shown_idx ON probe.posts (is_shown);
CREATE INDEX posts_user_id_brin_idx ON probe.posts USING brin (user_id);
CREATE POLICY select_shown ON probe.posts FOR SELECT TO strongroom_client
USING (is_shown AND user_id = kernel.user_bigint());
CREATE POLICY select_any ON probe.posts FOR SELECT TO strongroom_client
USING (user_id = kernel.user_bigint() AND (NOT is_shown OR EXISTS (SELECT FROM probe.rooms)));
CREATE POLICY update_own ON probe.rooms FOR UPDATE TO strongroom_client
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY delete_role ON probe.rooms FOR DELETE TO strongroom_client
USING (name = CURRENT_USER);
CREATE POLICY delete_or ON probe.notes FOR DELETE TO strongroom_client
USING (user_id = kernel.user_bigint() OR room_id = 1);
CREATE POLICY select_in ON probe.notes FOR SELECT TO strongroom_client
USING (user_id IN (SELECT r.user_id FROM probe.rooms AS r WHERE r.user_id = kernel.user_bigint()));
CREATE INDEX notes_room_id_idx ON probe.notes (room_id) WHERE room_id IS NOT NULL;
CREATE POLICY update_room ON probe.notes FOR UPDATE TO strongroom_client
USING (room_id = current_setting('x')::bigint) WITH CHECK (true);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'Policy update_own on probe.rooms names no column that an index begins with.',
        'Policy delete_role on probe.rooms names no column that an index begins with.',
        'Policy delete_or on probe.notes has OR, which keeps indexes out.',
        'Policy select_in on probe.notes has EXISTS or IN (SELECT), which run for every row.',
        'Policy update_room on probe.notes names no column that an index begins with.',
        'Policy select_shown on probe.posts names no column that an index begins with.',
        'Policy select_any on probe.posts names no column that an index begins with.',
        'Policy select_any on probe.posts has OR, which keeps indexes out.',
        'Policy select_any on probe.posts has EXISTS or IN (SELECT), which run for every row.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('policy_not_indexed'), 4, 'it says what mends them');
SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'Policy delete_or on probe.notes has OR, which keeps indexes out.',
        'Policy select_in on probe.notes has EXISTS or IN (SELECT), which run for every row.',
        'Policy select_any on probe.posts has OR, which keeps indexes out.',
        'Policy select_any on probe.posts has EXISTS or IN (SELECT), which run for every row.'
    ],
    'and that done, only what needs a decision is found'
);

SELECT * FROM finish();
ROLLBACK;
