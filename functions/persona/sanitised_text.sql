CREATE OR REPLACE FUNCTION persona.sanitised_text(p_text text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_before text;
    v_text text := p_text;
BEGIN
    -- Until nothing changes: what stands beside something that was taken out may read otherwise now.
    LOOP
        v_before := v_text;
        v_text := regexp_replace(
            v_text, '(\msk-[\w-]{16,}|\mAQVN[\w-]{20,}|\mt1\.[\w.-]{20,}|bearer\s+\S{16,})',
            '[key]', 'gi'
        );
        v_text := regexp_replace(
            v_text, '[[:alnum:]._%+-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)+', '[e-mail]', 'g'
        );
        -- Telephones, cards, passports. A day with its hour stays, and so do decimals.
        v_text := regexp_replace(
            v_text,
            '(\+\d([ ()-]{0,2}\d){9,}|(?<![.\d])\d([ ()-]{0,2}\d){10,}|(?<![.\d])\d{4} ?\d{6}(?!\d))',
            '[number]', 'g'
        );
        v_text := regexp_replace(v_text, '(^|[^[:alnum:]_])@[A-Za-z]\w{3,}', '\1[name]', 'g');
        EXIT WHEN v_text IS NOT DISTINCT FROM v_before;
    END LOOP;
    RETURN v_text;
END;
$$;

COMMENT ON FUNCTION persona.sanitised_text(text) IS
'A text with [e-mail], [number], [name] and [key] in the place of e-mail addresses, telephones, cards
and passports, names that begin with @, and keys of vendors. Applied again it changes nothing. It does
not find names that are written as words.';

GRANT EXECUTE ON FUNCTION persona.sanitised_text(text) TO persona_definer;
