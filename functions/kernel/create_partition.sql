CREATE OR REPLACE FUNCTION kernel.create_partition(
    p_parent regclass, p_name name, p_from numeric, p_to numeric
)
RETURNS regclass
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_parent record;
    v_partition regclass;
    v_grantee text;
BEGIN
    SELECT
        n.nspname, c.relowner::regrole AS owner, a.atttypid AS key_type, s.spcname,
        r.relhastriggers
    INTO STRICT v_parent
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_class AS r ON r.oid = pg_partition_root(p_parent)
    JOIN pg_partitioned_table AS t ON t.partrelid = p_parent
    JOIN pg_attribute AS a ON a.attrelid = p_parent AND a.attnum = t.partattrs[0]
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
    WHERE c.oid = p_parent;

    -- PARTITION OF would lock the parent against readers and writers; ATTACH doesn't. It makes the
    -- indexes, keys and triggers itself, and has no rows to look at.
    EXECUTE format(
        'CREATE TABLE %I.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED'
        ' INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING STATISTICS)',
        v_parent.nspname, p_name, p_parent
    ) || coalesce(' TABLESPACE ' || quote_ident(v_parent.spcname), '');
    v_partition := format('%I.%I', v_parent.nspname, p_name)::regclass;
    IF v_parent.owner <> CURRENT_USER::regrole THEN
        EXECUTE format('ALTER TABLE %s OWNER TO %s', v_partition, v_parent.owner);
    END IF;
    EXECUTE format(
        'CREATE POLICY all_owner ON %s FOR ALL TO %s USING (true) WITH CHECK (true)',
        v_partition, v_parent.owner
    );
    EXECUTE format(
        'ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_partition
    );
    -- What default privileges gave.
    FOR v_grantee IN
        SELECT DISTINCT CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END
        FROM pg_class AS c
        CROSS JOIN aclexplode(c.relacl) AS x
        WHERE c.oid = v_partition AND x.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s', v_partition, v_grantee);
    END LOOP;
    EXECUTE format(
        'ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
        p_parent, v_partition,
        kernel.partition_bound(v_parent.key_type, p_from),
        kernel.partition_bound(v_parent.key_type, p_to)
    );
    IF v_parent.relhastriggers THEN
        -- For statements that name the partition itself.
        PERFORM kernel.audit_partition(v_partition);
        PERFORM kernel.hang_counters(v_partition);
        PERFORM kernel.guard_partition(v_partition);
    END IF;
    RETURN v_partition;
END;
$$;

COMMENT ON FUNCTION kernel.create_partition(regclass, name, numeric, numeric) IS
'Makes a partition of a table for what lies between two positions (kernel.partition_position):
empty, closed to all but its owner, then attached under a lock that stops no reader or writer.';
