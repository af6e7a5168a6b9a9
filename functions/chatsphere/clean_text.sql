CREATE OR REPLACE FUNCTION chatsphere.clean_text(p_text text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET standard_conforming_strings = on
AS $$
DECLARE
    c_removed CONSTANT text := '[removed]';
    v_text text := p_text;
    v_pattern text;
BEGIN
    FOREACH v_pattern IN ARRAY ARRAY[
        -- Keys and tokens of ours and of others: a word, then much that nobody would type.
        '\m(sk|pk|vt|key|ghp|xox[a-z]|eyJ)[-_.A-Za-z0-9]{16,}',
        -- What follows the name of a secret.
        '(?<=(password|passwd|secret|token|api_?key|authorization)["'']?\s{0,2}[:=]\s{0,2}["'']?)'
        '(Bearer\s+|Basic\s+)?[^\s"'',;&]+',
        '(?<=Bearer\s)[^\s"'',;&]+',
        -- A name and a password in an address of a server.
        '(?<=://)[^\s/@]+@',
        -- Addresses of people, numbers of telephones and cards.
        '[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+',
        '(?<![-\w.])\+?\d(?:[ ()-]{0,2}\d){8,18}(?![-\w])'
    ] LOOP
        v_text := pg_catalog.regexp_replace(v_text, v_pattern, c_removed, 'gi');
    END LOOP;
    RETURN v_text;
END;
$$;

COMMENT ON FUNCTION chatsphere.clean_text(text) IS
'A text without what looks like a secret, an e-mail address or a long number of a person. It finds
what is spelt like that and nothing else: don''t log what people wrote.';

GRANT EXECUTE ON FUNCTION chatsphere.clean_text(text) TO chatsphere_definer;
