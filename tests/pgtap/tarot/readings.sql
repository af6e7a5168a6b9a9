-- Readings: what is a draw, how it is paid for, and who sees it.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(83);

SELECT results_eq(
    $$
    SELECT
        a.attname::text COLLATE "default", format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid) COLLATE "default"
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'tarot.readings'::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    $$,
    $$
    VALUES
        ('user_id', 'bigint', true, NULL),
        ('id', 'bigint', true, NULL),
        ('spread_type', 'text', true, NULL),
        ('question', 'text', false, NULL),
        ('cards', 'jsonb', true, NULL),
        ('interpretation', 'text', true, NULL),
        ('created_at', 'timestamp with time zone', true, 'CURRENT_TIMESTAMP'),
        ('transaction_id', 'bigint', false, NULL)
    $$,
    '[T-13.1..T-13.8] [T-F4] [T-F18] readings has its columns, required where they should be'
);
SELECT col_is_pk(
    'tarot'::name, 'readings'::name, ARRAY['user_id', 'id']::name[], '[T-13.1] keyed by person and number'
);
SELECT fk_ok(
    'tarot'::name, 'readings'::name, 'user_id'::name, 'tarot'::name, 'users'::name, 'id'::name,
    '[T-13.2] a reading belongs to a person'
);
SELECT fk_ok(
    'tarot'::name, 'readings'::name, ARRAY['user_id', 'transaction_id']::name[],
    'tarot'::name, 'transactions'::name, ARRAY['user_id', 'id']::name[],
    '[T-13.8] and to a movement of the same person'
);
SELECT results_eq(
    $$
    SELECT conname::text COLLATE "default", confdeltype::text COLLATE "default"
    FROM pg_constraint
    WHERE conrelid = 'tarot.readings'::regclass AND contype = 'f'
    ORDER BY conname
    $$,
    $$ VALUES ('readings_transaction_id_fkey', 'n'), ('readings_user_id_fkey', 'c') $$,
    '[T-F5] readings go with the person, and stay without the movement'
);
SELECT results_eq(
    $$ SELECT indexdef FROM pg_indexes WHERE schemaname = 'tarot' AND tablename = 'readings' ORDER BY indexname $$,
    $$
    VALUES
        ('CREATE INDEX readings_created_at_idx ON tarot.readings USING brin (created_at)'),
        ('CREATE UNIQUE INDEX readings_pkey ON tarot.readings USING btree (user_id, id)'),
        ('CREATE INDEX readings_question_created_at_idx ON tarot.readings USING btree (created_at) '
            'WHERE (question IS NOT NULL)'),
        ('CREATE INDEX readings_spread_type_created_at_idx ON tarot.readings USING btree (spread_type, created_at)'),
        ('CREATE UNIQUE INDEX readings_transaction_id_idx ON tarot.readings USING btree (user_id, transaction_id) '
            'WHERE (transaction_id IS NOT NULL)')
    $$,
    '[T-13.10..T-13.12] [T-F2, T-F6] readings has the indexes it needs and no other'
);

-- The deck and the spreads.
SELECT is(cardinality(tarot.deck()), 78, 'the deck has 78 cards');
SELECT is((SELECT count(DISTINCT card) FROM unnest(tarot.deck()) AS card), 78::bigint, 'all of them different');
SELECT results_eq(
    $$ SELECT spread_type, tarot.card_count(spread_type), price FROM tarot.spread_prices ORDER BY price, spread_type $$,
    $$
    VALUES
        ('single', 1, 1), ('three', 3, 3), ('career', 5, 5), ('monthly_guidance', 5, 5), ('relationship', 7, 7),
        ('week_ahead', 7, 7), ('life_path', 9, 9), ('celtic', 10, 10), ('yearly_path', 13, 13)
    $$,
    '[T-22] each of the nine spreads has a number of cards and a price'
);
SELECT is(tarot.card_count('tea_leaves'), NULL, '[T-13.9] nothing else is a spread');

CREATE FUNCTION pg_temp.draw(p_count integer) RETURNS jsonb LANGUAGE sql AS $$
    SELECT pg_catalog.jsonb_agg(
        pg_catalog.jsonb_build_object('card', card, 'position', place, 'reversed', place % 2 = 0) ORDER BY place
    )
    FROM pg_catalog.unnest(tarot.deck()) WITH ORDINALITY AS deck (card, place)
    WHERE place <= p_count
$$;
SELECT ok(
    tarot.is_valid_draw(spread_type, pg_temp.draw(tarot.card_count(spread_type))),
    '[T-22] [T-F20] a draw for ' || spread_type
)
FROM tarot.spread_prices;
SELECT ok(
    NOT tarot.is_valid_draw(spread_type, pg_temp.draw(tarot.card_count(spread_type) + 1)),
    '[T-22] [T-F20] one card too many for ' || spread_type
)
FROM tarot.spread_prices;

CREATE TEMPORARY TABLE bad_draws (what text, cards jsonb);
INSERT INTO bad_draws VALUES
    ('NULL', NULL),
    ('json null', 'null'),
    ('an object', '{"card": "the_fool", "position": 1, "reversed": false}'),
    ('text', '"the_fool"'),
    ('too few cards', pg_temp.draw(2)),
    ('a card that is no object', '["the_fool", "death", "justice"]'),
    ('an unknown card', jsonb_set(pg_temp.draw(3), '{0,card}', '"the_joker"')),
    ('a card without a name', pg_temp.draw(3) #- '{0,card}'),
    ('a card named null', jsonb_set(pg_temp.draw(3), '{0,card}', 'null')),
    ('a card twice', jsonb_set(pg_temp.draw(3), '{0,card}', pg_temp.draw(3) #> '{1,card}')),
    ('a wrong position', jsonb_set(pg_temp.draw(3), '{0,position}', '2')),
    ('a position with a point', jsonb_set(pg_temp.draw(3), '{0,position}', '1.0')),
    ('a position in tenths', jsonb_set(pg_temp.draw(3), '{0,position}', '10e-1')),
    ('a position that is text', jsonb_set(pg_temp.draw(3), '{0,position}', '"1"')),
    ('no position', pg_temp.draw(3) #- '{0,position}'),
    ('reversed that is text', jsonb_set(pg_temp.draw(3), '{0,reversed}', '"yes"')),
    ('no reversed', pg_temp.draw(3) #- '{0,reversed}'),
    ('a key too many', jsonb_set(pg_temp.draw(3), '{0,note}', '"x"'));
SELECT is(tarot.is_valid_draw('three', cards), false, '[T-F20] no draw: ' || what) FROM bad_draws;
SELECT is(tarot.is_valid_draw('tea_leaves', pg_temp.draw(3)), false, '[T-F20] no draw: an unknown spread');
SELECT is(tarot.is_valid_draw(NULL, pg_temp.draw(3)), false, '[T-F20] no draw: no spread');

SELECT set_config('test.ann', tarot.register_user(1001, 'ann')::text, true);
SELECT set_config('test.bob', tarot.register_user(1002, 'bob')::text, true);
SELECT tarot.grant_bonus(current_setting('test.ann')::bigint, 15, 'gift');
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SELECT set_config('test.three', pg_temp.draw(3)::text, true);
SELECT set_config('test.ten', pg_temp.draw(10)::text, true);

SET LOCAL ROLE tarot_app;
SELECT results_eq(
    $$
    SELECT price, balance
    FROM tarot.draw_reading('three', 'Will it rain?', current_setting('test.three')::jsonb, 'It may.', 'draw-1')
    $$,
    $$ VALUES (3, 12) $$,
    'a reading is paid for and drawn in one call'
);
SELECT results_eq(
    $$
    SELECT price, balance
    FROM tarot.draw_reading('three', 'Will it rain?', current_setting('test.three')::jsonb, 'It may.', 'draw-1')
    $$,
    $$ VALUES (3, 12) $$,
    '[T-F14] the same key gets the same reading'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', 'Will it snow?', current_setting('test.three')::jsonb, 'It may.', 'draw-1') $$,
    'TR002', NULL, 'and not another one'
);
SELECT throws_ok(
    $$ SELECT tarot.spend_credits(3, 'draw-1') $$, 'TR002', NULL,
    '[T-F14] what paid for a reading pays for nothing else'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', NULL, current_setting('test.ten')::jsonb, 'It may.', 'draw-2') $$,
    '23514', NULL, '[T-F20] ten cards are no draw for a spread of three'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', repeat('x', 2001), current_setting('test.three')::jsonb, 'x', 'draw-2') $$,
    '23514', NULL, '[T-F19] a question has an end'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', NULL, current_setting('test.three')::jsonb, NULL, 'draw-2') $$,
    '23502', NULL, '[T-13.6] an answer is required'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('tea_leaves', NULL, current_setting('test.three')::jsonb, 'x', 'draw-2') $$,
    'TR013', NULL, '[T-13.9] an unknown spread is refused'
);
SELECT results_eq(
    $$ SELECT balance FROM tarot.credits $$, $$ VALUES (12) $$, 'a reading that is refused costs nothing'
);
SELECT lives_ok(
    $$ SELECT tarot.draw_reading('celtic', NULL, current_setting('test.ten')::jsonb, 'Much.', 'draw-2') $$,
    '[T-13.4] a question is not required'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', NULL, current_setting('test.three')::jsonb, 'x', 'draw-3') $$,
    'TR001', NULL, 'what can''t be paid is not drawn'
);
SELECT results_eq(
    $$
    SELECT r.spread_type, -t.amount
    FROM tarot.readings AS r
    LEFT JOIN tarot.transactions AS t ON t.user_id = r.user_id AND t.id = r.transaction_id
    ORDER BY r.id DESC
    $$,
    $$ VALUES ('celtic', 10), ('three', 3) $$,
    '[T-17] the history shows what each reading cost, newest first'
);
SELECT throws_ok(
    $$
    INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation)
    VALUES (current_setting('test.ann')::bigint, 'three', current_setting('test.three')::jsonb, 'free')
    $$,
    '42501', NULL, 'nobody draws without paying'
);
SELECT throws_ok($$ UPDATE tarot.readings SET question = 'x' $$, '42501', NULL, 'nobody rewrites a reading');

SELECT set_config('kernel.user_id', current_setting('test.bob'), true);
SELECT is_empty($$ SELECT id FROM tarot.readings $$, 'nobody sees what others drew');
SELECT is_empty($$ DELETE FROM tarot.readings RETURNING id $$, 'nor deletes it');
SELECT set_config('kernel.user_id', '', true);
SELECT is_empty($$ SELECT id FROM tarot.readings $$, 'without an identity nothing is seen');

SET LOCAL ROLE tarot_worker;
SELECT is((SELECT count(id) FROM tarot.readings), 2::bigint, 'a job sees that there are readings');
SELECT throws_ok($$ SELECT question FROM tarot.readings $$, '42501', NULL, '[T-F19] and not what was asked');
SET LOCAL ROLE tarot_analyst;
SELECT throws_ok($$ SELECT id FROM tarot.readings $$, '42501', NULL, 'an analyst sees no reading');

RESET ROLE;
SELECT throws_ok(
    $$
    INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation, transaction_id)
    SELECT user_id, spread_type, cards, interpretation, transaction_id FROM tarot.readings
    $$,
    '23505', NULL, '[T-F6] a payment pays for one reading'
);
SELECT throws_ok(
    $$
    UPDATE tarot.readings SET user_id = current_setting('test.bob')::bigint
    $$,
    '23503', NULL, 'a reading is not paid for by another person'
);

-- The history is read off the key, in order, without a sort.
CREATE FUNCTION pg_temp.plan_of(p_query text) RETURNS text LANGUAGE plpgsql AS $$
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
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SELECT set_config('kernel.user_id', current_setting('test.ann'), true);
SET LOCAL ROLE tarot_app;
SELECT matches(
    pg_temp.plan_of('SELECT id FROM tarot.readings WHERE id < 1000 ORDER BY id DESC LIMIT 20'),
    '^Limit\n  ->  Index.* Scan Backward using readings_pkey.*\n        Index Cond: \(\(user_id = .*\) AND \(id < 1000\)\)',
    '[T-13.13] [T-18] [T-F12] a page of the history is an index scan'
);
SELECT matches(
    pg_temp.plan_of('SELECT id FROM tarot.transactions WHERE id < 1000 ORDER BY id DESC LIMIT 20'),
    '^Limit\n  ->  Index.* Scan Backward using transactions_pkey',
    '[T-14] [T-F12] and so is a page of movements'
);
SELECT results_eq(
    $$ DELETE FROM tarot.readings WHERE spread_type = 'three' RETURNING question $$, $$ VALUES ('Will it rain?') $$,
    'one may delete what one drew'
);
SELECT is((SELECT count(*) FROM tarot.transactions), 3::bigint, 'what it cost stays in the ledger');
SELECT throws_ok(
    $$ SELECT tarot.draw_reading('three', 'Will it rain?', current_setting('test.three')::jsonb, 'It may.', 'draw-1') $$,
    'TR002', NULL, 'the key of a deleted reading draws nothing new'
);

-- Credits that are spent without a reading.
SELECT lives_ok(
    $$ SELECT tarot.spend_credits(1, 'spend-1') $$, 'credits may be spent without a reading'
);
SELECT results_eq(
    $$ SELECT credits_after FROM tarot.spend_credits(1, 'spend-1') $$, $$ VALUES (1) $$,
    '[T-F14] and a repeat gets the first answer'
);
SELECT throws_ok(
    $$ SELECT tarot.draw_reading(NULL, NULL, NULL, NULL, 'spend-1') $$, 'TR002', NULL,
    '[T-F14] which is no reading of nothing'
);

-- What people asked is kept for two years.
RESET ROLE;
INSERT INTO tarot.readings (user_id, spread_type, question, cards, interpretation, created_at)
SELECT
    current_setting('test.ann')::bigint, 'single', 'Will it last?',
    '[{"card": "the_fool", "position": 1, "reversed": false}]', 'It may.', now() - old.age
FROM unnest('{23 months,2 years 1 day,3 years}'::interval[]) AS old (age);
SELECT kernel.place_hold(
    'case', p_table => 'tarot.readings', p_row_key => jsonb_build_object('user_id', r.user_id, 'id', r.id)
)
FROM tarot.readings AS r WHERE r.created_at < now() - interval '2 years 6 months';
SET LOCAL ROLE strongroom_runner;
SELECT results_eq(
    $$ SELECT p.row_count, p.kept_count FROM kernel.retention_preview('reading_questions') AS p $$,
    $$ VALUES (1::bigint, 1::bigint) $$, '[T-F19] a question is kept for two years, and longer where it is on hold'
);
SELECT is(kernel.apply_retention('reading_questions'), 1::bigint, '[T-F19] then it is emptied');
SELECT is(kernel.apply_retention('reading_questions'), 0::bigint, '[T-F19] once');
RESET ROLE;
SELECT results_eq(
    $$ SELECT r.question IS NULL, r.interpretation FROM tarot.readings AS r
    WHERE r.created_at < now() - interval '1 year' ORDER BY r.created_at $$,
    $$ VALUES (false, 'It may.'), (true, 'It may.'), (false, 'It may.') $$,
    'and the reading stays'
);
SELECT results_eq(
    $$ SELECT d.relation_name, d.action, d.row_count FROM kernel.destruction_record AS d $$,
    $$ VALUES ('tarot.readings', 'null', 1::bigint) $$, '[X-5] which is written down'
);

SELECT * FROM finish();
ROLLBACK;
