BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(15);

CREATE SCHEMA probe;
CREATE TABLE probe.plain (
    id integer NOT NULL,
    price numeric,
    facts json,
    updated_at timestamptz NOT NULL DEFAULT '2000-01-01'
);
CREATE TABLE probe.derived (
    id integer NOT NULL,
    price numeric,
    body text,
    words tsvector
    GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, coalesce(body, ''))) STORED,
    twice integer GENERATED ALWAYS AS (id * 2) STORED,
    updated_at timestamptz NOT NULL DEFAULT '2000-01-01'
);
CREATE TABLE probe.renamed (
    id integer NOT NULL,
    note text,
    last_touched_at timestamptz NOT NULL DEFAULT '2000-01-01'
);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.plain
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.derived
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.renamed
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at('last_touched_at');

-- Virtual generated columns exist from 18 on, and are the kind that one gets there by default.
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 180000 THEN
        EXECUTE 'ALTER TABLE probe.derived ADD thrice integer GENERATED ALWAYS AS (id * 3) VIRTUAL';
    END IF;
END;
$$;

INSERT INTO probe.plain (id, price, facts) VALUES (1, 1.0, '{"a": 1}');
INSERT INTO probe.derived (id, price, body) VALUES (1, 1.0, 'two words');
INSERT INTO probe.renamed (id, note) VALUES (1, 'x');

UPDATE probe.plain SET price = price, facts = facts;
SELECT is(updated_at, '2000-01-01', '[A-F29] an unchanged row keeps its time') FROM probe.plain;

UPDATE probe.plain SET updated_at = '2020-02-02';
SELECT is(updated_at, '2000-01-01', 'the time given by the statement is no change')
FROM probe.plain;

UPDATE probe.plain SET price = 2, updated_at = '2020-02-02';
SELECT is(updated_at, now(), 'nor does it win over the time of the change [A-21, T-F21]')
FROM probe.plain;
SELECT is(price, 2::numeric, 'the change itself is kept') FROM probe.plain;

UPDATE probe.plain SET updated_at = '2001-01-01';
SELECT is(updated_at, now(), 'a time can not be set back') FROM probe.plain;

ALTER TABLE probe.plain DISABLE TRIGGER t20_touch;
UPDATE probe.plain SET updated_at = '2000-01-01', price = NULL;
ALTER TABLE probe.plain ENABLE TRIGGER t20_touch;
UPDATE probe.plain SET facts = '{"a": 2}';
SELECT is(updated_at, now(), 'a column without equality, beside a NULL, counts') FROM probe.plain;

UPDATE probe.derived SET body = body, price = price;
SELECT is(updated_at, '2000-01-01', 'an unchanged row with generated columns keeps its time')
FROM probe.derived;

UPDATE probe.derived SET body = 'three more words';
SELECT is(updated_at, now(), 'a changed row with generated columns is touched') FROM probe.derived;
SELECT is(
    words, to_tsvector('simple'::regconfig, 'three more words'),
    'its generated column follows the change'
)
FROM probe.derived;
SELECT is(twice, 2, 'its other generated column is still right') FROM probe.derived;

ALTER TABLE probe.derived DISABLE TRIGGER t20_touch;
UPDATE probe.derived SET updated_at = '2000-01-01';
ALTER TABLE probe.derived ENABLE TRIGGER t20_touch;
UPDATE probe.derived SET price = 1.00;
SELECT is(updated_at, now(), 'a change of scale alone is a change') FROM probe.derived;

UPDATE probe.renamed SET note = note, last_touched_at = now();
SELECT is(last_touched_at, '2000-01-01', 'an argument names another column: unchanged')
FROM probe.renamed;
UPDATE probe.renamed SET note = NULL;
SELECT is(last_touched_at, now(), 'an argument names another column: touched') FROM probe.renamed;
SELECT is(note, NULL, 'the other columns are as the statement left them') FROM probe.renamed;

CREATE TABLE probe.none (id integer);
CREATE TRIGGER t20_touch BEFORE UPDATE ON probe.none
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();
INSERT INTO probe.none VALUES (1);
SELECT throws_ok(
    'UPDATE probe.none SET id = 2', '42703', NULL,
    'a table without the column is an error, not silence'
);

SELECT * FROM finish();
ROLLBACK;
