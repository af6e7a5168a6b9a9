CREATE OR REPLACE FUNCTION kernel.trace_forms(p_tokens text[])
RETURNS TABLE (form text, is_word boolean)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
BEGIN
    IF coalesce(cardinality(p_tokens), 0) = 0
        OR EXISTS (SELECT FROM unnest(p_tokens) AS t (token) WHERE coalesce(length(t.token), 0) < 4)
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR111',
            MESSAGE = 'these are no tokens to search for',
            DETAIL = 'There is none, or one of them is NULL or shorter than 4 characters.',
            HINT = 'Take them from kernel.personal_tokens().';
    END IF;
    RETURN QUERY
    SELECT lower(f.form COLLATE "default"), bool_and(f.is_word)
    FROM unnest(p_tokens) AS t (token)
    CROSS JOIN LATERAL (
        SELECT string_agg(
            CASE
                WHEN ascii(c.letter) < 128 THEN c.letter
                WHEN ascii(c.letter) < 65536
                    THEN '\u' || lpad(to_hex(ascii(c.letter)), 4, '0')
                -- In two halves, as UTF-16 has it.
                ELSE format(
                    '\u%s\u%s', to_hex(55232 + ascii(c.letter) / 1024),
                    to_hex(56320 + ascii(c.letter) % 1024)
                )
            END, '' ORDER BY c.place
        )
        FROM string_to_table(t.token, NULL) WITH ORDINALITY AS c (letter, place)
    ) AS json (escaped)
    CROSS JOIN LATERAL (
        VALUES
            -- A short word is not looked for within others.
            (t.token, t.token ~ '^\w+$' AND length(t.token) < 16),
            (encode(convert_to(t.token, 'UTF8'), 'hex'), false),
            (encode(convert_to(lower(t.token COLLATE "default"), 'UTF8'), 'hex'), false),
            (CASE WHEN t.token ~ '^\\x[0-9a-f]+$' THEN substr(t.token, 3) END, false),
            (nullif(json.escaped, t.token), false),
            (nullif(btrim(to_json(t.token)::text, '"'), t.token), false)
    ) AS f (form, is_word)
    WHERE f.form IS NOT NULL
    GROUP BY 1;
END;
$$;

COMMENT ON FUNCTION kernel.trace_forms(text[]) IS
'What to look for in lower case, where one of the tokens may stand: as it is, as hex (bytea, and what
holds it), as JSON writes it; is_word: shorter than 16 characters, to be found by itself only. A token
that begins with \x is bytes in hex. Raises KR111 UnfitTokens.';

GRANT EXECUTE ON FUNCTION kernel.trace_forms(text[]) TO strongroom_runner;
