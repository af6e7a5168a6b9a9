BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
WITH
columns AS (
    SELECT
        format('%s.%I', d.relation, d.column_name) AS object,
        d.class,
        col_description(d.relation, d.position) AS comment
    FROM kernel.data_map AS d
    WHERE d.relation = d.root
),
tags AS (
    SELECT c.object, t.tag, t.argument
    FROM columns AS c
    CROSS JOIN kernel.comment_tags(c.comment) AS t
)
SELECT c.object, 'has no class: @personal KIND, @public or @internal'
FROM columns AS c
WHERE c.class IS NULL
UNION ALL
SELECT t.object, format('has %s classes', count(*))
FROM tags AS t
WHERE t.tag IN ('personal', 'public', 'internal')
GROUP BY t.object
HAVING count(*) > 1
UNION ALL
SELECT t.object, format('has an unknown tag: @%s', t.tag)
FROM tags AS t
WHERE t.tag NOT IN ('personal', 'public', 'internal', 'erase', 'sealed', 'json', 'subject')
UNION ALL
SELECT
    t.object,
    format('has an argument that @%s does not take: %s', t.tag, coalesce(t.argument, 'none'))
FROM tags AS t
WHERE t.tag = 'personal' AND t.argument IS NULL
   OR t.tag IN ('public', 'internal') AND t.argument IS NOT NULL
   OR t.tag = 'erase' AND coalesce(t.argument, '') !~ '^(delete|null|mask .+|keep .+)$'
   OR t.tag = 'sealed' AND coalesce(t.argument, '') !~ '^\S+ \S+ \S+$'
   OR t.tag = 'json' AND t.argument IS NULL
UNION ALL
SELECT c.object, 'is personal and does not say what erasure does: @erase'
FROM columns AS c
WHERE c.class = 'personal'
  AND NOT EXISTS (SELECT FROM tags AS t WHERE t.object = c.object AND t.tag = 'erase');

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
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

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe.people.untold: has no class: @personal KIND, @public or @internal',
        'probe.people.torn: has 2 classes',
        'probe.people.misspelt: has an unknown tag: @earse',
        'probe.people.kindless: has an argument that @personal does not take: none',
        'probe.people.kept: is personal and does not say what erasure does: @erase',
        'probe.people.odd: has an argument that @erase does not take: sometimes',
        'probe.people.sealed: has an argument that @sealed does not take: date'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
