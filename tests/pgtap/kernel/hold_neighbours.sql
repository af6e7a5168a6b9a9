-- What may go beside a hold: of the tables, partitions, rows and people that it does not name.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(46);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.notes (user_id bigint, id bigint, PRIMARY KEY (user_id, id));
CREATE TABLE probe.days (user_id bigint, id bigint, PRIMARY KEY (user_id, id)) PARTITION BY RANGE (id);
CREATE TABLE probe.days_1 PARTITION OF probe.days FOR VALUES FROM (1) TO (2);
CREATE TABLE probe.days_2 PARTITION OF probe.days FOR VALUES FROM (2) TO (4) PARTITION BY RANGE (id);
CREATE TABLE probe.days_2_2 PARTITION OF probe.days_2 FOR VALUES FROM (2) TO (3);
CREATE TABLE probe.days_2_3 PARTITION OF probe.days_2 FOR VALUES FROM (3) TO (4);
INSERT INTO probe.notes VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO probe.days VALUES (1, 1), (1, 2), (1, 3), (2, 1);
RESET ROLE;
CREATE FUNCTION pg_temp.free(p_relation regclass, p_by text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_rows text;
BEGIN
    EXECUTE format(
        'SELECT string_agg(t.user_id || ''.'' || t.id, '' '' ORDER BY t.user_id, t.id) FROM %s AS t WHERE %s', p_relation,
        CASE p_by WHEN 'erasure' THEN kernel.erasure_free(p_relation) ELSE kernel.retention_free(p_relation, false) END
    ) INTO v_rows;
    RETURN v_rows;
END;
$$;
-- A hold for the moment of a look: what is free of both tables, for erasure and for retention.
CREATE FUNCTION pg_temp.beside(VARIADIC p_hold text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_hold bigint;
    v_by text;
BEGIN
    v_hold := kernel.place_hold('case', p_hold[1], p_hold[2], p_hold[3], p_hold[4]::jsonb);
    FOREACH v_by IN ARRAY ARRAY['erasure', 'retention'] LOOP
        RETURN NEXT concat_ws(' | ', pg_temp.free('probe.notes', v_by), pg_temp.free('probe.days', v_by));
    END LOOP;
    PERFORM kernel.release_hold(v_hold, 'over');
END;
$$;
SELECT is(b.free, call.free, call.why)
FROM (
    VALUES
        (1, 'tarot', '1', NULL, NULL, '1.1 1.2 2.1 | 1.1 1.2 1.3 2.1', 'somebody of another app'),
        (2, 'probe', '3', NULL, NULL, '1.1 1.2 2.1 | 1.1 1.2 1.3 2.1', 'somebody without rows'),
        (3, 'probe', '1', NULL, NULL, '2.1 | 2.1', 'a person'),
        (4, NULL, NULL, 'probe.notes', NULL, '1.1 1.2 1.3 2.1', 'a table'),
        (5, NULL, NULL, 'probe.days', NULL, '1.1 1.2 2.1', 'a table with partitions'),
        (6, NULL, NULL, 'probe.days_1', NULL, '1.1 1.2 2.1 | 1.2 1.3', 'a partition'),
        (7, NULL, NULL, 'probe.days_2', NULL, '1.1 1.2 2.1 | 1.1 2.1', 'a partition with partitions'),
        (8, NULL, NULL, 'probe.days_2_3', NULL, '1.1 1.2 2.1 | 1.1 1.2 2.1', 'a partition of that'),
        (9, NULL, NULL, 'probe.notes', '{"user_id": 1, "id": 1}', '1.2 2.1 | 1.1 1.2 1.3 2.1', 'a row'),
        (10, NULL, NULL, 'probe.days_1', '{"user_id": 2, "id": 1}', '1.1 1.2 2.1 | 1.1 1.2 1.3', 'a row by its partition')
) AS call (place, app, subject, relation, key, free, why)
CROSS JOIN LATERAL pg_temp.beside(call.app, call.subject, call.relation, call.key) AS b (free)
ORDER BY call.place;

-- A partition goes with those in it and stays with those that it is in.
CREATE FUNCTION pg_temp.pinned(p_held text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_hold bigint;
    v_pinned text;
BEGIN
    v_hold := kernel.place_hold('case', p_table => p_held);
    v_pinned := (
        SELECT string_agg(p.name, ' ' ORDER BY p.name)
        FROM unnest('{days_1,days_2,days_2_2,days_2_3}'::text[]) AS p (name)
        WHERE NOT kernel.is_partition_free(('probe.' || p.name)::regclass)
    );
    PERFORM kernel.release_hold(v_hold, 'over');
    RETURN v_pinned;
END;
$$;
SELECT is(pg_temp.pinned('probe.' || call.held), call.pinned, 'with a hold on ' || call.held)
FROM (
    VALUES ('days', 'days_1 days_2 days_2_2 days_2_3'), ('days_1', 'days_1'),
        ('days_2', 'days_2 days_2_2 days_2_3'), ('days_2_3', 'days_2 days_2_3'), ('notes', NULL)
) AS call (held, pinned);

-- Rows without a person of their own are of those whose rows they belong to, as for an erasure.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.lines (
    id bigint PRIMARY KEY, user_of bigint, note bigint,
    FOREIGN KEY (user_of, note) REFERENCES probe.notes (user_id, id) ON DELETE CASCADE
);
CREATE TABLE probe.words (
    id bigint PRIMARY KEY, line bigint NOT NULL REFERENCES probe.lines (id),
    day_of bigint, day bigint, FOREIGN KEY (day_of, day) REFERENCES probe.days (user_id, id)
);
INSERT INTO probe.lines VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, NULL, NULL);
INSERT INTO probe.words VALUES (1, 1, NULL, NULL), (2, 2, 2, 1), (3, 3, 1, 3), (4, 4, NULL, NULL);
RESET ROLE;
CREATE FUNCTION pg_temp.free_ids(p_relation regclass) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_rows text;
    v_all text;
    v_free text;
BEGIN
    FOREACH v_free IN ARRAY ARRAY[kernel.erasure_free(p_relation), kernel.retention_free(p_relation, false)] LOOP
        EXECUTE format('SELECT string_agg(t.id::text, '' '' ORDER BY t.id) FROM %s AS t WHERE %s', p_relation, v_free)
        INTO v_rows;
        v_all := concat_ws(' | ', v_all, v_rows);
    END LOOP;
    RETURN v_all;
END;
$$;
SELECT is(pg_temp.free_ids('probe.lines'), '1 2 3 4 | 1 2 3 4', 'nobody is held');
SELECT kernel.place_hold('case', 'tarot', '1') AS other, kernel.place_hold('case', 'probe', '1') AS hold \gset
SELECT is(pg_temp.free_ids('probe.lines'), '3 4 | 3 4', 'lines of a note are whose note it is');
SELECT is(pg_temp.free_ids('probe.words'), '4 | 4', 'words are of who has the line or the day');
SELECT kernel.release_hold(:hold, 'over');
SELECT kernel.place_hold('case', 'probe', '2') AS hold \gset
SELECT is(pg_temp.free_ids('probe.words'), '1 4 | 1 4', 'of somebody else''s as well');
SELECT kernel.release_hold(:hold, 'over');
SELECT is(pg_temp.free_ids('probe.words'), '1 2 3 4 | 1 2 3 4', 'until the release');

-- An app may have thousands of tables; those that decide about the rows of one are few.
CREATE FUNCTION pg_temp.asked() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(pg_stat_get_xact_function_calls('kernel.own_conditions(regclass,text,regclass)'::regprocedure), 0)
$$;
SET LOCAL track_functions = 'all';
SELECT kernel.place_hold('case', 'probe', '2') AS hold, pg_temp.asked() AS before \gset
SELECT matches(kernel.erasure_free('probe.lines'), 'held_subject', 'whose note it is');
SELECT is(
    pg_temp.asked() - :before, 3::bigint, 'is asked of the table, once more with what it belongs to, and of no other'
);
SELECT kernel.release_hold(:hold, 'over');

-- A key of another type may be written otherwise; then all rows that the rest of it fits are kept.
SET LOCAL ROLE strongroom_owner;
CREATE TABLE probe.prices (id integer, at timestamp, PRIMARY KEY (id, at));
INSERT INTO probe.prices VALUES (1, '2020-01-01'), (1, '2020-01-02'), (2, '2020-01-01');
RESET ROLE;
SELECT kernel.place_hold('case', p_table => 'probe.prices', p_row_key => '{"id": 1, "at": "2020-01-01"}') AS hold \gset
SELECT is(pg_temp.free_ids('probe.prices'), '1 2 | 1 2', 'a row');
ALTER TABLE probe.prices ALTER id TYPE bigint;
SELECT is(pg_temp.free_ids('probe.prices'), '1 2 | 1 2', 'a wider number is written alike');
SET LOCAL timezone = 'Asia/Tokyo';
ALTER TABLE probe.prices ALTER at TYPE timestamptz;
SET LOCAL timezone = 'UTC';
SELECT is(pg_temp.free_ids('probe.prices'), '2 | 2', 'a time with its zone is not');
SELECT kernel.place_hold('case', p_table => 'probe.prices', p_row_key => '{"id": 2, "at": "2020-01-01 00:00+09"}') AS other \gset
SELECT kernel.release_hold(:hold, 'over');
SELECT is(pg_temp.free_ids('probe.prices'), '1 1 | 1 1', 'and is for a hold that came after');
SELECT kernel.release_hold(:other, 'over');
SELECT throws_ok($$UPDATE kernel.legal_hold SET key_types = NULL WHERE id = $$ || :other, 'KR040', NULL, 'which stays known');

-- What the kernel keeps of a person goes by no other way either.
SELECT set_config('test.hold', kernel.place_hold('case', 'probe', '1')::text, true);
SELECT throws_ok(format('SELECT kernel.%s(''probe'', ''1'')', f.name), 'KR026', NULL, f.name || ' leaves who is on hold alone')
FROM (VALUES ('erase_audit'), ('erase_counters'), ('shred_subject_keys')) AS f (name);
SELECT lives_ok(format('SELECT kernel.%s(''probe'', ''2'')', f.name), f.name || ' takes others')
FROM (VALUES ('erase_audit'), ('erase_counters'), ('shred_subject_keys')) AS f (name);
SELECT kernel.release_hold(current_setting('test.hold')::bigint, 'over');
SELECT lives_ok(format('SELECT kernel.%s(''probe'', ''1'')', f.name), f.name || ' takes the person afterwards')
FROM (VALUES ('erase_audit'), ('erase_counters'), ('shred_subject_keys')) AS f (name);

SELECT * FROM finish();
ROLLBACK;
