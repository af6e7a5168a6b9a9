BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(27);

SELECT is(kernel.gate_problem(), NULL, 'a database that was opened may serve');
SELECT ok(kernel.is_serving(), 'and says so');
SELECT is_empty('TABLE kernel.check_erasures_not_replayed', 'nothing is found');

-- What only a restore does: the row is written anew.
CREATE TEMPORARY TABLE written AS TABLE kernel.serving_gate;
SELECT throws_ok(
    'INSERT INTO kernel.serving_gate (database_id) VALUES (1)', '23502', NULL, 'half a row is refused'
);
SAVEPOINT restored;
INSERT INTO kernel.serving_gate TABLE written;
SELECT alike(kernel.gate_problem(), '%restored or copied%', 'a row from elsewhere closes it, whatever stands there');
ROLLBACK TO restored;
DELETE FROM kernel.serving_gate;
SELECT alike(kernel.gate_problem(), 'Nobody has opened it%', 'so does no row');
INSERT INTO kernel.serving_gate TABLE written;
SELECT alike(kernel.gate_problem(), '%restored or copied%', 'or that row alone');

-- Each mark by itself.
CREATE FUNCTION pg_temp.problem_with(p_change text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kernel.mark_serving('a test');
    EXECUTE 'UPDATE kernel.serving_gate AS g SET transaction_id = g.xmin, ' || p_change;
    RETURN kernel.gate_problem();
END;
$$;
SELECT is(pg_temp.problem_with('reason = $$x$$'), NULL, 'marked anew, it may serve');
SELECT isnt(pg_temp.problem_with('database_id = 1'), NULL, 'not with the number of another database');
SELECT isnt(pg_temp.problem_with('table_id = 1'), NULL, 'nor of another table');
SELECT isnt(pg_temp.problem_with('system_identifier = 1'), NULL, 'nor of another cluster');
SELECT is(
    pg_temp.problem_with('system_identifier = 1, server_version = 9'), NULL,
    'but pg_upgrade makes another cluster for another version'
);
SAVEPOINT another;
SELECT kernel.mark_serving('after a savepoint');
SELECT is(kernel.gate_problem(), NULL, 'a savepoint makes no difference');
RELEASE another;
SELECT is(kernel.gate_problem(), NULL, 'nor its end');

SET LOCAL ROLE strongroom_runner;
SELECT lives_ok($$ SELECT kernel.close_gate('a disk was copied') $$, 'the runner may close it');
SELECT is(kernel.gate_problem(), 'It was closed: a disk was copied', 'and why is told');
SELECT is(
    (
        SELECT f.level || format(' %s', f.detail LIKE '%It was closed: a disk was copied')
        FROM kernel.check_erasures_not_replayed AS f
    ),
    'ERROR t', 'by the doctor too'
);
SELECT throws_ok($$ SELECT kernel.mark_serving('x') $$, '42501', NULL, 'it can''t open it without asking');
SELECT throws_ok('DELETE FROM kernel.serving_gate', '42501', NULL, 'nor write the row');
SET LOCAL ROLE strongroom_owner;
SELECT ok(kernel.is_serving(), 'the owner works on in the copy');

SET SESSION AUTHORIZATION strongroom_login;
SET LOCAL ROLE tarot_app;
SELECT throws_ok(
    'SELECT FROM tarot.users', 'KR100', 'this database is a copy, and is not open yet', 'an app is told what is the matter'
);
SELECT throws_ok('SELECT kernel.is_serving()', 'KR100', NULL, 'also when it asks');
SELECT throws_ok('SELECT FROM kernel.serving_gate', '42501', NULL, 'it can''t look');
SELECT throws_ok($$ SELECT kernel.mark_serving('x') $$, '42501', NULL, 'nor open it');
SELECT throws_ok($$ SELECT kernel.close_gate('x') $$, '42501', NULL, 'nor close it');
SELECT throws_ok(
    $$ SELECT set_config('role', 'strongroom_owner', true) $$, '42501', NULL, 'nor say that it is somebody else'
);
RESET SESSION AUTHORIZATION;

SELECT throws_ok($$ SELECT kernel.mark_serving('') $$, '23514', NULL, 'nobody opens it without a reason');

SELECT * FROM finish();
ROLLBACK;
