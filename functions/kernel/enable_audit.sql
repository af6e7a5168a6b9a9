CREATE OR REPLACE FUNCTION kernel.enable_audit(p_relation regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_root CONSTANT regclass := coalesce(pg_partition_root(p_relation), p_relation);
    v_columns CONSTANT jsonb := kernel.audit_columns(p_relation);
    v_function text;
    v_kind "char";
    v_key text;
    v_key_changed text;
    v_partition regclass;
BEGIN
    SELECT c.relkind INTO v_kind FROM pg_class AS c WHERE c.oid = v_root;
    PERFORM kernel.require_auditable(v_root, v_kind, v_columns);
    v_function := format(
        'kernel.%I', kernel.audit_function_name(v_columns ->> 'app', v_columns ->> 'relation')
    );
    -- So that no statement is between the old triggers and the new ones.
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', v_root);
    INSERT INTO kernel.audit_shape (id, columns)
    VALUES (kernel.audit_shape_id(v_columns), v_columns)
    ON CONFLICT DO NOTHING;

    -- One plan for all statements: after one of many rows, PostgreSQL would plan each one of a single
    -- row anew for the rest of the session, and compile it, which costs more than the entry.
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE'
        ' SECURITY DEFINER SET search_path = pg_catalog, pg_temp %s'
        ' SET plan_cache_mode = force_generic_plan SET jit = off AS %L',
        v_function, kernel.audit_settings(v_root),
        kernel.audit_function_source(v_root, v_columns)
    );
    EXECUTE format(
        'COMMENT ON FUNCTION %s() IS %L', v_function,
        E'Writes the audit log of a table. Made by kernel.enable_audit; call that again after a'
        || E' change of columns.\n@audit ' || kernel.audit_shape_id(v_columns)
    );
    EXECUTE format('ALTER FUNCTION %s() OWNER TO strongroom_definer', v_function);
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t50_audit_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS'
        ' audit_old FOR EACH STATEMENT EXECUTE FUNCTION %s()', v_root, v_function
    );

    -- The log has a key as text, and some texts are equal keys: 1.0 and 1.00, 24 hours and a day. By
    -- text alone some would seem equal that are not, as floats at some settings.
    SELECT
        string_agg(quote_ident(k.name), ', ' ORDER BY k.position),
        string_agg(
            format('OLD.%1$I IS DISTINCT FROM NEW.%1$I', k.name) || CASE
                WHEN NOT o.collisdeterministic OR kernel.base_type(a.atttypid) <> ALL (
                    '{bool,int2,int4,int8,uuid,bytea,date,timestamp,timestamptz,text,varchar,bpchar}'
                    ::regtype[]
                )
                    THEN format(
                        ' OR OLD.%1$I::text COLLATE "C" IS DISTINCT FROM NEW.%1$I::text COLLATE "C"', k.name
                    )
                ELSE ''
            END, ' OR ' ORDER BY k.position
        )
    INTO v_key, v_key_changed
    FROM jsonb_array_elements_text(v_columns -> 'key') WITH ORDINALITY AS k (name, position)
    JOIN pg_attribute AS a ON a.attrelid = v_root AND a.attname = k.name
    LEFT JOIN pg_collation AS o ON o.oid = a.attcollation;
    -- Of named columns, so that other updates don't pay for the condition. A row that moves to
    -- another partition fires its BEFORE UPDATE, and no AFTER UPDATE; elsewhere a BEFORE trigger
    -- would lock each row twice.
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER t50_audit_key %s UPDATE OF %s ON %s FOR EACH ROW WHEN (%s)'
        ' EXECUTE FUNCTION kernel.tg_refuse_key_change()',
        CASE v_kind WHEN 'p' THEN 'BEFORE' ELSE 'AFTER' END, v_key, v_root, v_key_changed
    );
    PERFORM kernel.audit_partition(v_root);
    FOR v_partition IN
        SELECT p.relid FROM pg_partition_tree(v_root) AS p WHERE p.relid <> v_root
    LOOP
        PERFORM kernel.audit_partition(v_partition);
    END LOOP;
END;
$$;

COMMENT ON FUNCTION kernel.enable_audit(regclass) IS
'Has every change of a table written to the audit log, with its columns as they are tagged now; for
the owner, in the table''s file and its migration. May be called again, and must be after a change of
columns or tags. A partition stands for its root. Raises KR021 NotAuditable.';
