-- What readings cost: who sees it, who changes it, and what a change does.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(23);

-- Of nobody, seen by everybody, changed by none of them.
SET LOCAL ROLE tarot_app;
SELECT is(
    (SELECT count(*) FROM tarot.spread_prices), 9::bigint,
    'the app sees nine prices, without an identity'
);
SELECT throws_ok(wrong.sql, '42501', NULL, 'the app can''t: ' || wrong.sql)
FROM (
    VALUES
        ('UPDATE tarot.spread_prices SET price = 1'), ('DELETE FROM tarot.spread_prices'),
        ('INSERT INTO tarot.spread_prices (spread_type, price) VALUES (''single'', 1)')
) AS wrong (sql);
SET LOCAL ROLE tarot_worker;
SELECT is((SELECT count(*) FROM tarot.spread_prices), 9::bigint, 'a job sees them');
SELECT throws_ok($$ UPDATE tarot.spread_prices SET price = 1 $$, '42501', NULL, 'and changes none');
SET LOCAL ROLE tarot_analyst;
SELECT is((SELECT count(*) FROM tarot.spread_prices), 9::bigint, 'an analyst sees them');
SELECT throws_ok($$ UPDATE tarot.spread_prices SET price = 1 $$, '42501', NULL, 'and changes none');

-- The shop changes a price, as the owner.
SET LOCAL ROLE strongroom_owner;
SELECT ok(bool_and(s.updated_at < now()), 'prices are older than this test')
FROM tarot.spread_prices AS s;
UPDATE tarot.spread_prices SET price = price WHERE spread_type = 'three';
SELECT ok(s.updated_at < now(), '[T-F21] a price that stays is not new')
FROM tarot.spread_prices AS s
WHERE s.spread_type = 'three';
UPDATE tarot.spread_prices SET price = 4, updated_at = '2020-01-01' WHERE spread_type = 'three';
SELECT results_eq(
    $$ SELECT price, updated_at FROM tarot.spread_prices WHERE spread_type = 'three' $$,
    $$ SELECT 4, now() $$,
    '[T-F21] a price that changes is, whatever the statement says'
);
SELECT throws_ok(
    format('UPDATE tarot.spread_prices SET price = %s WHERE spread_type = ''single''', wrong.price),
    wrong.sqlstate, NULL, 'a price is not ' || wrong.price
)
FROM (
    VALUES ('0', '23514'), ('-1', '23514'), ('1000001', '23514'), ('NULL', '23502')
) AS wrong (price, sqlstate);
SELECT lives_ok(
    format('UPDATE tarot.spread_prices SET price = %s WHERE spread_type = ''single''', sound.price),
    'and may be ' || sound.price
)
FROM (VALUES (1000000), (1)) AS sound (price);
SELECT throws_ok(
    $$ INSERT INTO tarot.spread_prices (spread_type, price) VALUES ('tea_leaves', 1) $$,
    '23514', NULL, '[T-13.9] nothing else is a spread'
);
SELECT throws_ok(
    $$ INSERT INTO tarot.spread_prices (spread_type, price) VALUES ('three', 5) $$,
    '23505', NULL, 'a spread has one price'
);

-- What a change does to readings.
RESET ROLE;
SELECT tarot.grant_bonus(tarot.register_user(1001, 'ann'), 9, 'gift');
SELECT set_config('kernel.user_id', tarot.find_user(1001)::text, true);
CREATE FUNCTION pg_temp.draw(p_key text) RETURNS integer LANGUAGE sql AS $$
    SELECT drawn.price
    FROM tarot.draw_reading(
        'three', NULL,
        '[{"card": "death", "position": 1, "reversed": true},
          {"card": "justice", "position": 2, "reversed": true},
          {"card": "the_fool", "position": 3, "reversed": true}]',
        'Change.', p_key
    ) AS drawn
$$;
SELECT is(pg_temp.draw('draw-1'), 4, 'a reading costs what its spread costs');
UPDATE tarot.spread_prices SET price = 5 WHERE spread_type = 'three';
SELECT is(pg_temp.draw('draw-1'), 4, '[T-F14] a repeat costs what the first one did');
SELECT is(pg_temp.draw('draw-2'), 5, 'and the next reading the new price');
SELECT is((SELECT c.balance FROM tarot.credits AS c), 0, 'together nine credits');

SELECT * FROM finish();
ROLLBACK;
