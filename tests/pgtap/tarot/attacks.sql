-- What somebody tries who may send any SQL as a role of the app, and what doesn't work. What does work for such
-- a person is written in docs/threat-model.md.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT no_plan();

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT set_config('test.bob', tarot.register_user(1002, 'bob')::text, true);
SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 100, 'gift');
SELECT tarot.grant_bonus(current_setting('test.bob')::bigint, 100, 'gift');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT set_config(
    'test.paid',
    (
        tarot.draw_reading(
            'single', 'Who?', '[{"card": "the_fool", "position": 1, "reversed": false}]', 'You.', 'draw'
        )
    ).transaction_id::text,
    true
);

-- As Bob, after Ann, logged in as applications are: the right to become a role is the login's.
SET SESSION AUTHORIZATION strongroom_login;
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SET LOCAL ROLE tarot_app;
PREPARE whoever AS SELECT u.telegram_id FROM tarot.users AS u;
SET LOCAL plan_cache_mode = force_generic_plan;

SELECT results_eq('whoever', 'VALUES (1002::bigint)', 'a prepared plan shows the person of the moment');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT results_eq('whoever', 'VALUES (1001::bigint)', 'also after another one');
SELECT set_config('kernel.user_id', '', true);
SELECT is_empty('whoever', 'and nobody to nobody');
SET LOCAL ROLE tarot_analyst;
SELECT throws_ok('EXECUTE whoever', '42501', NULL, 'nor does it carry the rights of the role that made it');
SET LOCAL ROLE tarot_app;
SELECT set_config('kernel.user_id', current_setting('test.bob'), true);

SELECT is_empty(
    format('SELECT FROM tarot.%I WHERE %I = %s', t.name, t.key, current_setting('test.ann')),
    format('no row of another person can be found in %s', t.name)
)
FROM (
    VALUES ('users', 'id'), ('credits', 'user_id'), ('transactions', 'user_id'), ('readings', 'user_id')
) AS t (name, key);
SELECT is_empty(
    $$ SELECT FROM tarot.users AS u TABLESAMPLE SYSTEM (100) WHERE u.telegram_id <> 1002 $$,
    'nor by sampling the pages'
);
SELECT is_empty(
    $$ SELECT FROM tarot.users AS u WHERE u.ctid = ANY (
        ARRAY(SELECT format('(%s,%s)', p.n / 50, p.n % 50 + 1)::tid FROM generate_series(0, 199) AS p (n))
    ) AND u.telegram_id <> 1002 $$,
    'nor by place in the file'
);
SELECT is_empty(
    $$ SELECT FROM tarot.users AS u WHERE 1 / (u.telegram_id - 1001) IS NOT NULL AND u.telegram_id <> 1002 $$,
    'a condition that fails on the row of another person doesn''t fail'
);
SELECT is_empty(
    format(
        $$ UPDATE tarot.users SET username = 'mine' WHERE id = %s RETURNING id $$, current_setting('test.ann')
    ),
    'a row of another person can''t be changed'
);
SELECT is_empty(
    format($$ DELETE FROM tarot.readings WHERE user_id = %s RETURNING id $$, current_setting('test.ann')),
    'nor deleted'
);
SELECT is_empty(
    format(
        $$ WITH merged AS (
            UPDATE tarot.users AS u SET username = o.username FROM tarot.users AS o WHERE o.id = %s RETURNING u.id
        ) SELECT FROM merged $$, current_setting('test.ann')
    ),
    'nor joined with to copy what it holds'
);
-- Without a condition, only the policy of the command itself stands between.
SELECT lives_ok('DELETE FROM tarot.readings', 'deleting everything');
SELECT lives_ok('UPDATE tarot.users SET username = ''all''', 'or writing over everything');
SET LOCAL ROLE tarot_worker;
SELECT results_eq(
    'SELECT r.user_id FROM tarot.readings AS r', $$ SELECT current_setting('test.ann')::bigint $$,
    'leaves the readings of others'
);
SELECT results_eq(
    'SELECT u.username FROM tarot.users AS u ORDER BY u.id', $$ VALUES ('ann'), ('all') $$, 'and their rows'
);
SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    'UPDATE tarot.users SET id = DEFAULT', '42501', NULL, 'nobody becomes another number'
);
SET LOCAL row_security = off;
SELECT throws_ok(
    'SELECT FROM tarot.users', '42501', NULL, 'row level security can''t be left out, only refused'
);
SET LOCAL row_security = on;
SELECT is_empty(
    $$ SELECT FROM pg_stats WHERE schemaname = 'tarot' AND tablename <> 'spread_prices' $$,
    'statistics of the columns show no value'
);

-- What would change the ground under others.
SELECT throws_ok(attempt.sql, '42501', NULL, format('the role of the app can''t: %s', attempt.sql))
FROM (
    VALUES
        ('SET ROLE strongroom_owner'), ('SET ROLE tarot_definer'), ('SET ROLE strongroom_migrator'),
        ('SET session_replication_role = replica'),
        ('SELECT set_config(''role'', ''tarot_definer'', true)'),
        ('CREATE TEMPORARY TABLE users (id bigint)'), ('CREATE TABLE public.users (id bigint)'),
        ('CREATE SCHEMA evil'), ('CREATE TYPE tarot.evil AS (id bigint)'), ('CREATE DOMAIN public.evil AS text'),
        ('CREATE FUNCTION tarot.evil() RETURNS integer LANGUAGE sql AS ''SELECT 1'''),
        ('CREATE FUNCTION pg_temp.evil() RETURNS integer LANGUAGE sql AS ''SELECT 1'''),
        ('CREATE OPERATOR public.= (LEFTARG = integer, RIGHTARG = text, FUNCTION = int4eq)'),
        ('CREATE CAST (text AS bigint) WITH INOUT'),
        ('CREATE EXTENSION hstore SCHEMA tarot'), ('CREATE PUBLICATION evil'),
        ('CREATE EVENT TRIGGER evil ON ddl_command_start EXECUTE FUNCTION tarot.tg_post_transaction()'),
        ('CREATE POLICY evil ON tarot.users USING (true)'), ('ALTER TABLE tarot.users DISABLE ROW LEVEL SECURITY'),
        ('ALTER TABLE tarot.transactions DISABLE TRIGGER USER'), ('TRUNCATE tarot.readings'),
        ('LOCK TABLE tarot.users IN ROW EXCLUSIVE MODE'), ('LOCK TABLE tarot.transactions IN SHARE MODE'),
        ('GRANT tarot_worker TO tarot_app'), ('SELECT nextval(''tarot.users_id_seq'')'),
        ('SELECT last_value FROM tarot.users_id_seq'), ('SELECT currval(''tarot.users_id_seq'')'),
        ('SELECT pg_read_file(''PG_VERSION'')'), ('COPY (SELECT 1) TO PROGRAM ''true'''),
        ('LOAD ''auto_explain'''), ('SET log_statement = ''all'''), ('SET log_min_messages = debug5'),
        ('SELECT tarot.move_balance(1, 5)'), ('SELECT tarot.take_back(1, 1)'), ('SELECT tarot.find_request(1, ''x'')'),
        ('SELECT tarot.lock_account(1)'), ('SELECT tarot.lock_purchase(''x'')'),
        ('SELECT tarot.grant_bonus(1, 5, ''x'')'), ('SELECT tarot.complete_purchase(''x'')'),
        ('SELECT tarot.refund_transaction(1, 1, ''x'')'), ('SELECT tarot.fail_stale_purchases()'),
        ('SELECT FROM tarot.ledger_breaks'), ('SELECT FROM tarot.daily_readings'), ('SELECT FROM kernel.data_map'),
        ('SELECT kernel.catalog_snapshot()'),
        ('INSERT INTO tarot.transactions (user_id, type, amount, status, idempotency_key)'
            ' VALUES (1, ''bonus'', 5, ''completed'', ''x'')'),
        ('UPDATE tarot.credits SET balance = 1000')
) AS attempt (sql);

-- Money.
SELECT throws_ok(attempt.sql, attempt.sqlstate, NULL, format('no credits come from: %s', attempt.sql))
FROM (
    VALUES
        ('SELECT tarot.spend_credits(-2147483648, ''x'')', 'TR011'),
        ('SELECT tarot.spend_credits(2147483647, ''x'')', 'TR011'),
        ('SELECT tarot.start_purchase(-5, ''x'', ''x'')', 'TR011'),
        ('SELECT tarot.spend_credits(101, ''x'')', 'TR001')
) AS attempt (sql, sqlstate);
SELECT lives_ok(
    $$ SELECT tarot.start_purchase(10, 'Ref-1', 'k') $$, 'references and keys are compared as they are:'
);
SET LOCAL ROLE tarot_worker;
SELECT throws_ok(
    format('SELECT tarot.complete_purchase(%L)', other.reference), 'TR005', NULL,
    format('%L doesn''t complete the purchase of Ref-1', other.reference)
)
FROM unnest(ARRAY['ref-1', ' Ref-1', 'Ref-1 ', 'Ref%', E'Ref\u20111', '', NULL]) AS other (reference);
SELECT throws_ok(
    format(
        'SELECT tarot.refund_transaction(%s, %s, ''back'')', current_setting('test.bob'), current_setting('test.paid')
    ),
    'TR008', NULL, 'what one person paid can''t be refunded to another'
);
SELECT lives_ok(
    format(
        'SELECT tarot.refund_transaction(%s, %s, ''back'')', current_setting('test.ann'), current_setting('test.paid')
    ),
    'only to the one who paid'
);
SELECT throws_ok(
    format(
        'SELECT tarot.refund_transaction(%s, %s, ''BACK'')', current_setting('test.ann'), current_setting('test.paid')
    ),
    'TR006', NULL, '[T-F8] once, whatever the key'
);
SELECT throws_ok(
    format(
        $$ SELECT tarot.refund_transaction(t.user_id, t.id, 'again')
        FROM tarot.transactions AS t WHERE t.user_id = %s AND t.type IN ('refund', 'bonus') $$,
        current_setting('test.ann')
    ),
    'TR007', NULL, 'and neither a refund nor a bonus is refunded'
);
SELECT throws_ok(
    format('SELECT tarot.grant_bonus(%s, %s, ''x'')', current_setting('test.bob'), attempt.amount), 'TR011', NULL,
    format('a bonus is not %s', attempt.amount)
)
FROM (VALUES ('-1'), ('0'), ('NULL'), ('2147483647')) AS attempt (amount);
SELECT is_empty('SELECT FROM tarot.ledger_breaks', 'after all that the ledger adds up');

-- The analyst sees no group of fewer than five, by any condition.
SET LOCAL ROLE tarot_analyst;
SELECT is_empty(
    'SELECT FROM tarot.daily_readings AS d WHERE d.spread_type::integer > 0',
    'a condition that fails is not tried on what a view leaves out'
);
SELECT is_empty('SELECT FROM tarot.daily_movements AS d WHERE d.type::integer > 0', 'nor on movements');

-- A program with a login of its own, as docs/kernel/roles.md advises.
RESET SESSION AUTHORIZATION;
CREATE ROLE probe_bot LOGIN NOINHERIT;
GRANT tarot_app TO probe_bot;
SET SESSION AUTHORIZATION probe_bot;
SELECT throws_ok('SELECT FROM tarot.users', '42501', NULL, 'a login of its own has no right before it takes a role');
SELECT throws_ok('SET ROLE tarot_worker', '42501', NULL, 'and becomes no worker');
SELECT throws_ok('SET ROLE tarot_analyst', '42501', NULL, 'nor analyst');
SELECT throws_ok('SET ROLE strongroom_login', '42501', NULL, 'nor the login of others');
SET LOCAL ROLE tarot_app;
SELECT results_eq(
    'SELECT u.telegram_id FROM tarot.users AS u', 'VALUES (1002::bigint)', 'but serves the person it acts for'
);

-- The deployer.
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION strongroom_migrator;
SELECT throws_ok(
    attempt.sql, '42501', NULL, format('the deployer can''t, before it becomes the owner: %s', attempt.sql)
)
FROM (
    VALUES
        ('SELECT FROM tarot.users'), ('CREATE SCHEMA evil'), ('CREATE TEMPORARY TABLE evil (id bigint)'),
        ('SET ROLE tarot_app'), ('SET ROLE strongroom_login'), ('CREATE ROLE evil'),
        ('ALTER ROLE strongroom_login PASSWORD ''x'''), ('ALTER ROLE tarot_app LOGIN'),
        ('ALTER ROLE strongroom_migrator SUPERUSER'), ('SELECT pg_read_file(''PG_VERSION'')')
) AS attempt (sql);
-- As the owner it is trusted, and still kept from doing harm by carelessness.
SET LOCAL ROLE strongroom_owner;
SELECT throws_ok(attempt.sql, attempt.sqlstate, NULL, format('the owner is refused: %s', attempt.sql))
FROM (
    VALUES
        ('UPDATE tarot.credits SET balance = balance + 5', 'TR010'),
        ('INSERT INTO tarot.credits (user_id, balance) VALUES (1, 5)', 'TR010'),
        ('DELETE FROM tarot.credits', 'TR010'), ('DELETE FROM tarot.transactions', 'TR010'),
        ('TRUNCATE tarot.transactions CASCADE', 'TR010'),
        ('UPDATE tarot.transactions SET amount = 5', 'TR010'),
        ('UPDATE tarot.transactions SET created_at = ''2020-01-01''', 'TR010'),
        ('UPDATE tarot.transactions SET status = ''refunded'' WHERE status = ''completed''', 'TR004'),
        ('GRANT strongroom_owner TO strongroom_login', '42501'),
        ('GRANT tarot_definer TO strongroom_login', '42501'),
        ('CREATE FUNCTION tarot.evil(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS ''SELECT true''', '42501')
) AS attempt (sql, sqlstate);
SELECT set_eq(
    format(
        $$ WITH gone AS (DELETE FROM tarot.readings WHERE user_id = %s) SELECT t.id FROM tarot.transactions AS t $$,
        current_setting('test.ann')
    ),
    'SELECT t.id FROM tarot.transactions AS t',
    'the ledger outlives the readings'
);
RESET SESSION AUTHORIZATION;
SELECT throws_like(
    format('DELETE FROM tarot.users WHERE id = %s', current_setting('test.ann')), '%credits_user_id_fkey%',
    '[T-F5] nobody with an account is deleted, also by a superuser'
);

SELECT * FROM finish();
ROLLBACK;
