CREATE OR REPLACE FUNCTION kernel.comment_tags(p_comment text)
RETURNS TABLE (tag text, argument text)
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
BEGIN ATOMIC
    WITH lines AS (
        SELECT line.number, pg_catalog.btrim(line.content, E' \t\r') AS content
        FROM pg_catalog.string_to_table(p_comment, E'\n') WITH ORDINALITY AS line (content, number)
    )
    SELECT
        pg_catalog.substring(line.content, '^@(\w+)'),
        nullif(pg_catalog.btrim(pg_catalog.substring(line.content, '^@\w+(.*)$')), '')
    FROM lines AS line
    WHERE line.content ~ '^@\w'
      AND NOT EXISTS (
          SELECT
          FROM lines AS prose
          WHERE prose.number > line.number AND prose.content <> '' AND prose.content !~ '^@\w'
      );
END;

COMMENT ON FUNCTION kernel.comment_tags(text) IS
'The tags of a comment: its last lines, those that begin with @. The tag comes without @; the
argument is the rest of the line, or NULL. A line with @ above a line of prose is prose.';

GRANT EXECUTE ON FUNCTION kernel.comment_tags(text)
TO strongroom_runner, strongroom_definer, pg_monitor;
