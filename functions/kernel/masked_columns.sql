CREATE OR REPLACE FUNCTION kernel.masked_columns(p_relation regclass)
RETURNS TABLE (
    "position" smallint, column_name name, mask text, problem text, family text, type oid
)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    c_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    c_people CONSTANT name[] := ARRAY(SELECT kernel.subject_columns(c_root));
    -- No index leads from a table to what refers to it, so it is looked for once.
    c_referred CONSTANT smallint[] := ARRAY(
        SELECT unnest(c.confkey) FROM pg_constraint AS c WHERE c.confrelid = c_root
    );
BEGIN
    RETURN QUERY
    WITH
    tagged AS (
        SELECT
            a.attrelid,
            a.attnum,
            a.attname,
            kernel.base_type(a.atttypid) AS type,
            CASE count(*) FILTER (WHERE t.tag IN ('personal', 'public', 'internal'))
                WHEN 1 THEN min(t.tag) FILTER (WHERE t.tag IN ('personal', 'public', 'internal'))
            END AS class,
            min(t.argument) FILTER (WHERE t.tag = 'personal') AS kind,
            min(t.argument) FILTER (WHERE t.tag = 'json') AS json_type,
            min(coalesce(t.argument, '')) FILTER (WHERE t.tag = 'mask') AS mask,
            coalesce(bool_or(t.tag IN ('sealed', 'blind')), false) AS is_sealed
        FROM pg_attribute AS a
        LEFT JOIN LATERAL kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t ON true
        WHERE a.attrelid = c_root
          AND a.attnum > 0
          AND NOT a.attisdropped
        GROUP BY a.attrelid, a.attnum, a.attname, a.atttypid
    ),
    columns AS MATERIALIZED (
        SELECT
            t.*,
            CASE WHEN t.is_sealed THEN 'sealed' ELSE kernel.type_family(t.type) END AS family,
            -- What is called an id may be one without a foreign key.
            t.attname ~ '(^|_)id$'
            OR t.attname = ANY (c_people)
            OR t.attnum = ANY (c_referred)
            OR EXISTS (
                SELECT
                FROM pg_constraint AS c
                WHERE c.conrelid = t.attrelid AND c.contype IN ('p', 'f') AND t.attnum = ANY (c.conkey)
            ) AS is_key,
            kernel.is_value_list(t.attrelid, t.attnum) AS is_list
        FROM tagged AS t
    ),
    decided AS MATERIALIZED (
        SELECT
            c.*,
            kernel.unfit_mask(c.mask, c.class, c.kind, c.family, c.is_key, c.json_type) AS problem,
            kernel.default_mask(c.class, c.kind, c.family, c.is_key, c.is_list) AS default_mask
        FROM columns AS c
    )
    SELECT
        d.attnum,
        d.attname,
        CASE
            WHEN d.problem IS NOT NULL THEN 'hide'
            WHEN coalesce(d.mask, d.default_mask) = 'pseudonym'
                THEN 'pseudonym ' || kernel.pseudonym_label(d.attrelid, d.attnum)
            ELSE coalesce(d.mask, d.default_mask)
        END,
        d.problem,
        d.family,
        d.type
    FROM decided AS d
    ORDER BY d.attnum;
END;
$$;

COMMENT ON FUNCTION kernel.masked_columns(regclass) IS
'What the masked view of a table would show of each of its columns, as they are tagged now: hide, keep,
presence, month, band, band WIDTH, shape, or pseudonym with its label. problem: why the tag @mask is not
followed. Partitions speak through their root.';

GRANT EXECUTE ON FUNCTION kernel.masked_columns(regclass) TO strongroom_runner, pg_monitor;
