CREATE OR REPLACE FUNCTION kernel.trace_condition(p_value text)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
    -- strpos of many forms is several times as fast as one regular expression of them all.
    SELECT format(
        'EXISTS (SELECT FROM unnest($1, $2) AS f (form, is_word)'
        ' WHERE CASE WHEN strpos(%1$s, f.form) > 0 THEN NOT f.is_word'
        ' OR %1$s COLLATE "default" ~ format(''(^|\W)%%s(\W|$)'', f.form) END)',
        p_value
    )
$$;

COMMENT ON FUNCTION kernel.trace_condition(text) IS
'SQL that is true where an expression (lower case, COLLATE "C") holds one of the forms of
kernel.trace_forms(): $1 forms, $2 whether each is a word.';
