CREATE OR REPLACE FUNCTION kernel.default_mask(
    p_class text, p_kind text, p_family text, p_is_key boolean, p_is_list boolean
)
RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_class IS NULL OR p_family = 'sealed' THEN 'hide'
    WHEN p_class = 'public' THEN 'keep'
    WHEN p_is_list OR p_family IN ('boolean', 'enum')
        THEN CASE p_class WHEN 'internal' THEN 'keep' ELSE 'hide' END
    WHEN p_family IN ('integer', 'text', 'citext', 'uuid', 'address')
        AND (
            p_is_key
            OR p_class = 'internal' AND p_family = 'uuid'
            OR p_class = 'personal'
            AND pg_catalog.split_part(p_kind, ' ', 1) IN ('identifier', 'contact')
        )
        THEN 'pseudonym'
    WHEN p_class = 'internal'
        OR pg_catalog.split_part(p_kind, ' ', 1) IN ('activity', 'payment', 'subscription')
        THEN CASE
            WHEN p_family IN ('date', 'instant') THEN 'month'
            WHEN p_family IN ('integer', 'number') THEN 'band'
            ELSE 'hide'
        END
    ELSE 'hide'
END;

COMMENT ON FUNCTION kernel.default_mask(text, text, text, boolean, boolean) IS
'What an analyst is shown of a column without the tag @mask: class and kind as in kernel.data_map,
family as kernel.type_family() says, whether it is part of a key, whether its values are a list. What
nobody has thought of is hidden.';

GRANT EXECUTE ON FUNCTION kernel.default_mask(text, text, text, boolean, boolean)
TO strongroom_runner, pg_monitor;
