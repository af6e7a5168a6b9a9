CREATE OR REPLACE FUNCTION kernel.align_partition(p_partition regclass)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_owner regrole;
    v_name text;
BEGIN
    SELECT p.relowner
    INTO v_owner
    FROM pg_inherits AS i
    JOIN pg_class AS p ON p.oid = i.inhparent
    WHERE i.inhrelid = p_partition;
    IF EXISTS (SELECT FROM pg_class AS c WHERE c.oid = p_partition AND c.relowner <> v_owner) THEN
        EXECUTE format('ALTER TABLE %s OWNER TO %s', p_partition, v_owner);
    END IF;
    EXECUTE format(
        'ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', p_partition
    );
    FOR v_name IN
        SELECT DISTINCT CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE x.grantee::regrole::text END
        FROM pg_class AS c
        LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped
        CROSS JOIN LATERAL (
            SELECT t.grantee FROM aclexplode(c.relacl) AS t
            UNION ALL
            SELECT t.grantee FROM aclexplode(a.attacl) AS t
        ) AS x
        WHERE c.oid = p_partition AND x.grantee <> c.relowner
    LOOP
        -- What they passed on goes along.
        EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', p_partition, v_name);
    END LOOP;
    FOR v_name IN
        SELECT o.polname
        FROM pg_policy AS o
        WHERE o.polrelid = p_partition
          AND (o.polname = 'all_owner' OR o.polroles <> ARRAY[v_owner::oid])
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', v_name, p_partition);
    END LOOP;
    EXECUTE format(
        'CREATE POLICY all_owner ON %s FOR ALL TO %s USING (true) WITH CHECK (true)',
        p_partition, v_owner
    );
END;
$$;

COMMENT ON FUNCTION kernel.align_partition(regclass) IS
'Gives a partition what every partition has: its table''s owner, row level security enabled and
forced, the owner''s policy and no other, no grants. Takes ACCESS EXCLUSIVE on it for an instant.';
