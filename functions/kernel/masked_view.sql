CREATE OR REPLACE FUNCTION kernel.masked_view(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    v_old regclass;
    v_app text;
    v_name name;
    v_owner regrole;
    v_view text;
BEGIN
    PERFORM kernel.require_maskable(v_root);
    -- One at a time; readers and writers of the table go on.
    EXECUTE format('LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE', v_root);
    v_old := kernel.masked_view_of(v_root);
    SELECT n.nspname, kernel.masked_view_name(c.relname), c.relowner
    INTO v_app, v_name, v_owner
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = v_root;
    v_view := format('%I.%I', v_app, v_name);
    IF to_regclass(v_view) IS DISTINCT FROM v_old THEN
        IF to_regclass(v_view) IS NOT NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'KR122',
                MESSAGE = format('%s is something else', v_view),
                DETAIL = format('The masked view of %s is called so.', v_root),
                HINT = 'Rename what has the name.';
        END IF;
        -- The table has another name by now.
        EXECUTE format('ALTER VIEW %s RENAME TO %I', v_old, v_name);
    END IF;

    PERFORM kernel.make_masking_key(v_app);
    v_view := v_view || ' WITH (security_barrier = true) AS ' || kernel.masked_select(v_root);
    BEGIN
        EXECUTE 'CREATE OR REPLACE VIEW ' || v_view;
    EXCEPTION
        -- Columns went, or changed their mask: other views that read this one must go first.
        WHEN invalid_table_definition THEN
            EXECUTE format('DROP VIEW %s', v_old);
            EXECUTE 'CREATE VIEW ' || v_view;
    END;
    v_view := format('%I.%I', v_app, v_name);
    EXECUTE format('ALTER VIEW %s OWNER TO %s', v_view, v_owner);
    PERFORM kernel.comment_masked_view(v_root, v_view);
    EXECUTE format('GRANT SELECT ON %s TO %I', v_view, v_app || '_analyst');
END;
$$;

COMMENT ON FUNCTION kernel.masked_view(regclass) IS
'Makes <table>_masked beside a table of an app, for <app>_analyst: its columns as their tags say, each
by kernel.masked_columns(). For the owner, in the table''s file and its migration; to be called again
after a change of columns or tags, until which the view shows what it showed. Views that read this one
must be dropped before a column goes or changes its mask. A partition stands for its root.
Raises KR120 NotMaskable, KR121 UnfitMask, KR122 MaskedNameTaken.';
