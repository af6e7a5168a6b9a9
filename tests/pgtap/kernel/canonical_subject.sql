BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(14);

CREATE FUNCTION pg_temp.app(p_name text, p_type text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %I AUTHORIZATION strongroom_owner', p_name);
    EXECUTE format('COMMENT ON SCHEMA %I IS E''An app.\n@app''', p_name);
    EXECUTE format('CREATE TABLE %I.notes (user_id %s)', p_name, p_type);
END;
$$;
CREATE DOMAIN pg_temp.short AS varchar(4);
CREATE DOMAIN pg_temp.whole AS numeric(9, 0);
SELECT pg_temp.app('probe_char', 'character(26)');
SELECT pg_temp.app('probe_short', 'pg_temp.short');
SELECT pg_temp.app('probe_number', 'numeric');
SELECT pg_temp.app('probe_scaled', 'numeric(9, 2)');
SELECT pg_temp.app('probe_whole', 'pg_temp.whole');
SELECT pg_temp.app('probe_big', 'bigint');

SELECT is(
    kernel.canonical_subject('probe_char', '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    '01ARZ3NDEKTSV4RRFFQ69G5FAV', 'an id of fixed length stays whole'
);
SELECT is(kernel.canonical_subject('probe_char', 'a   '), 'a', 'without what it is filled up with');
SELECT is(kernel.canonical_subject('probe_short', 'anna42'), 'anna42', 'an id is not cut to another person''s');
SELECT is(kernel.canonical_subject('probe_number', '01.0'), '1', 'a number is one person, however it is written');
SELECT is(kernel.canonical_subject('probe_number', '1e3'), '1000', 'be it with an exponent');
SELECT is(kernel.canonical_subject('probe_number', '1.60'), '1.6', 'or with a fraction');
SELECT is(kernel.canonical_subject('probe_scaled', '1'), '1.00', 'as its column writes it');
SELECT is(kernel.canonical_subject('probe_scaled', '1.003'), '1.003', 'and is not rounded to another person''s');
SELECT is(kernel.canonical_subject('probe_whole', '1.6'), '1.6', 'not by a domain either');
SELECT is(kernel.canonical_subject('probe_big', ' 0042 '), '42', 'whole numbers lose their zeros');
SELECT throws_ok(
    $$SELECT kernel.canonical_subject('probe_big', 'anna')$$, 'KR041', NULL, 'what is no id of the app is refused'
);
CREATE TABLE probe_big.letters (user_id text);
SELECT throws_ok(
    $$SELECT kernel.canonical_subject('probe_big', '042')$$, 'KR041', NULL,
    'so is what columns of two types write differently'
);
SELECT is(kernel.canonical_subject('probe_big', '42'), '42', 'and what both write alike is an id');
DROP TABLE probe_big.letters, probe_big.notes;
SELECT is(kernel.canonical_subject('probe_big', '42'), '42', 'an app without people takes any');

SELECT * FROM finish();
ROLLBACK;
