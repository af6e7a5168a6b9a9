CREATE OR REPLACE FUNCTION kernel.require_maskable(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_table record;
    v_problem text;
    v_reason text;
BEGIN
    SELECT
        c.relkind,
        n.nspname AS app,
        n.nspname IN (SELECT kernel.app_schemas()) AS is_app,
        c.relowner = (
            SELECT k.relowner FROM pg_class AS k WHERE k.oid = 'kernel.masking_key'::regclass
        ) AS is_ours
    INTO v_table
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = p_relation;

    v_reason := CASE
        WHEN p_relation IS NULL OR v_table.relkind NOT IN ('r', 'p') THEN 'It is no table.'
        WHEN NOT v_table.is_app THEN 'Its schema is no app: it lacks the tag @app.'
        WHEN to_regrole(quote_ident(v_table.app || '_analyst')) IS NULL
            THEN 'Its app has no analyst: schema/roles.sql makes the role.'
        WHEN NOT v_table.is_ours THEN 'It does not belong to the owner of schema kernel.'
        WHEN NOT EXISTS (
            SELECT
            FROM kernel.masked_columns(p_relation) AS m
            WHERE m.mask <> 'hide' OR m.problem IS NOT NULL
        )
            THEN 'All its columns are hidden.'
    END;
    IF v_reason IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR120',
            MESSAGE = format('%s can''t have a masked view', coalesce(p_relation::text, 'NULL')),
            DETAIL = v_reason,
            HINT = 'Masked views are made of tables of apps that say what they hold, by the owner.';
    END IF;
    SELECT string_agg(
        format('@mask of %I: %s', m.column_name, m.problem), '; ' ORDER BY m.position
    )
    INTO v_problem
    FROM kernel.masked_columns(p_relation) AS m
    WHERE m.problem IS NOT NULL;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR121',
            MESSAGE = format('a mask of %s can''t be followed', p_relation),
            DETAIL = v_problem || '.',
            HINT = 'Change the tag in the comment of the column, or leave it out.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_maskable(regclass) IS
'Refuses what no masked view can be made of. Raises KR120 NotMaskable, KR121 UnfitMask.';
