BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(8);

CREATE FUNCTION pg_temp.tags(p_comment text) RETURNS text
LANGUAGE sql
RETURN (
    SELECT string_agg(concat_ws('=', t.tag, t.argument), ';' ORDER BY t.tag, t.argument)
    FROM kernel.comment_tags(p_comment) AS t
);

SELECT is(pg_temp.tags(NULL), NULL, 'no comment has no tags');
SELECT is(pg_temp.tags(''), NULL, 'an empty comment has no tags');
SELECT is(pg_temp.tags('What it is.'), NULL, 'prose has no tags');
SELECT is(pg_temp.tags('@internal'), 'internal', 'a comment may be a tag alone');
SELECT is(
    pg_temp.tags(E'The name.\n@personal contact data\n@erase mask ''x''\n'),
    'erase=mask ''x'';personal=contact data',
    'the argument is the rest of the line'
);
SELECT is(
    pg_temp.tags(E'Text.\r\n  @public  \r\n\r\n\t@erase   null\r\n'), 'erase=null;public',
    'blanks, empty lines and line ends of other systems do not matter'
);
SELECT is(
    pg_temp.tags(E'Mail to\n@home is prose.\nMore prose.\n@internal'), 'internal',
    'only the last lines are tags'
);
SELECT is(pg_temp.tags(E'Mail me@home.\nWrite a@b\n@ not a tag'), NULL, 'an @ elsewhere is no tag');

SELECT * FROM finish();
ROLLBACK;
