-- How many readings a person has of each spread.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(5);

CREATE FUNCTION pg_temp.draw(p_user_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation)
    VALUES (p_user_id, 'single', '[{"card": "death", "position": 1, "reversed": true}]', 'Change.');
$$;
DO $$BEGIN
    PERFORM set_config('test.anna', tarot.register_user(2001, NULL)::text, true);
    PERFORM set_config('test.ben', tarot.register_user(2002, NULL)::text, true);
    PERFORM pg_temp.draw(current_setting('test.anna')::bigint) FROM generate_series(1, 3);
    PERFORM pg_temp.draw(current_setting('test.ben')::bigint);
    PERFORM set_config('kernel.user_id', current_setting('test.anna'), true);
END$$;

SET LOCAL ROLE tarot_app;
SELECT results_eq(
    'SELECT spread_type, counted FROM tarot.readings_live', $$VALUES ('single', 3::bigint)$$,
    'a person sees how many of their own readings there are'
);
DELETE FROM tarot.readings
WHERE id = (SELECT max(r.id) FROM tarot.readings AS r);
SELECT results_eq(
    'SELECT spread_type, counted FROM tarot.readings_live', $$VALUES ('single', 2::bigint)$$,
    'and those that they deleted are no longer counted'
);
RESET ROLE;
SELECT is(
    (SELECT sum(counted) FROM tarot.readings_live), (SELECT count(*)::numeric FROM tarot.readings),
    'all of them together are all readings'
);
DELETE FROM tarot.readings WHERE user_id = current_setting('test.anna')::bigint;
SELECT is(kernel.erase_counters('tarot', current_setting('test.anna')), 0::bigint,
    'erasure finds nothing to add when the readings are gone');
SELECT is_empty(
    $$SELECT FROM tarot.readings_live_totals WHERE user_id = current_setting('test.anna')::bigint
      UNION ALL
      SELECT FROM tarot.readings_live_deltas WHERE user_id = current_setting('test.anna')::bigint$$,
    'and leaves no trace of the person in figures'
);

SELECT * FROM finish();
ROLLBACK;
