CREATE OR REPLACE FUNCTION kernel.unfit_mask(
    p_mask text, p_class text, p_kind text, p_family text, p_is_key boolean, p_json_type text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_mask IS NULL OR p_mask = 'hide' THEN NULL
    WHEN p_mask !~ '^(hide|keep|month|band( [1-9][0-9]{0,17})?|pseudonym|presence|shape)$'
        THEN 'there is no such mask'
    WHEN p_class IS NULL THEN 'a column without a class is hidden'
    WHEN p_family = 'sealed' THEN 'a sealed column is hidden'
    WHEN p_mask = 'keep' AND p_class <> 'public' AND p_is_key
        THEN 'a key is not kept, for it leads to the row'
    WHEN p_mask = 'keep'
        AND p_class = 'personal'
        AND pg_catalog.split_part(p_kind, ' ', 1) IN ('identifier', 'contact')
        THEN 'what names a person is not kept'
    WHEN p_mask = 'month' AND p_family NOT IN ('date', 'instant') THEN 'it is no date'
    WHEN p_mask LIKE 'band%' AND p_family NOT IN ('integer', 'number') THEN 'it is no number'
    WHEN p_mask = 'pseudonym'
        AND p_family NOT IN ('integer', 'text', 'citext', 'uuid', 'address')
        THEN 'its type has no pseudonyms'
    WHEN p_mask = 'shape' AND p_family <> 'json' THEN 'it is no json'
    WHEN p_mask = 'shape' AND p_json_type LIKE 'map<%'
        THEN 'the names in a map are data, and a shape shows names'
END;

COMMENT ON FUNCTION kernel.unfit_mask(text, text, text, text, boolean, text) IS
'Why the tag @mask of a column can''t be followed, as half a sentence; NULL where it can.';

GRANT EXECUTE ON FUNCTION kernel.unfit_mask(text, text, text, text, boolean, text)
TO strongroom_runner, pg_monitor;
