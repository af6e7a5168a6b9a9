BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_column_tags AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every column of every app says what it holds, in tags that mean something'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.people (
    id integer, name text, untold text, torn text, misspelt text, kindless text, kept text,
    odd text, sealed bytea
);
COMMENT ON COLUMN probe.people.id IS E'Key.\n@internal';
COMMENT ON COLUMN probe.people.name IS E'Name.\n@personal contact\n@erase mask ''erased''';
COMMENT ON COLUMN probe.people.untold IS 'Said in prose alone.';
COMMENT ON COLUMN probe.people.torn IS E'Torn.\n@public\n@internal';
COMMENT ON COLUMN probe.people.misspelt IS E'Misspelt.\n@internal\n@earse null';
COMMENT ON COLUMN probe.people.kindless IS E'Kindless.\n@personal\n@erase null';
COMMENT ON COLUMN probe.people.kept IS E'Kept.\n@personal contact';
COMMENT ON COLUMN probe.people.odd IS E'Odd.\n@personal contact\n@erase sometimes';
COMMENT ON COLUMN probe.people.sealed IS E'Sealed.\n@personal birth\n@erase null\n@sealed date';
-- A partition speaks through its root.
CREATE TABLE probe.root (a integer) PARTITION BY LIST (a);
CREATE TABLE probe.part PARTITION OF probe.root FOR VALUES IN (1);

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.people.untold has no class: @personal KIND, @public or @internal.',
        'probe.people.torn has 2 classes.',
        'probe.people.misspelt has an unknown tag: @earse.',
        'probe.people.kindless has an argument that @personal does not take: none.',
        'probe.people.kept is personal and does not say what erasure does: @erase.',
        'probe.people.odd has an argument that @erase does not take: sometimes.',
        'probe.people.sealed has an argument that @sealed does not take: date.',
        'probe.root.a has no class: @personal KIND, @public or @internal.'
    ],
    'the check finds those who break the rule, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
