BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_index_not_leakproof AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'an index that policies keep people from is never more than something to know of'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TYPE probe.mood AS ENUM ('glad', 'sad');
CREATE TABLE probe.notes (
    user_id bigint CONSTRAINT notes_pkey PRIMARY KEY, at timestamptz, mood probe.mood,
    price numeric, tags jsonb, words tsvector, name text
);
CREATE TABLE probe.open (LIKE probe.notes);
ALTER TABLE probe.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY select_own ON probe.notes FOR SELECT TO strongroom_client USING (true);
CREATE INDEX notes_at_idx ON probe.notes (at);
CREATE INDEX notes_name_idx ON probe.notes (name);
CREATE INDEX notes_mood_idx ON probe.notes (mood);
CREATE INDEX notes_price_idx ON probe.notes (price);
CREATE INDEX notes_tags_idx ON probe.notes USING gin (tags);
CREATE INDEX notes_words_idx ON probe.notes USING gin (words);
-- No policy binds anybody here.
CREATE INDEX open_tags_idx ON probe.open USING gin (tags);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.notes_mood_idx: =(anyenum,anyenum) is not leakproof, and policies bind readers.',
        'probe.notes_price_idx: =(numeric,numeric) is not leakproof, and policies bind readers.',
        'probe.notes_tags_idx: @>(jsonb,jsonb) is not leakproof, and policies bind readers.',
        'probe.notes_words_idx: @@(tsvector,tsquery) is not leakproof, and policies bind readers.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
