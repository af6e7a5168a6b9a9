-- Refuse for tables that are audited already what changes a key to one that is equal and written otherwise.
-- depends: 0090.kernel.count-below-partitions
-- locks: SHARE ROW EXCLUSIVE on audited tables whose key has such a type (numeric, interval, citext), until the end

DO $$
DECLARE
    v_relation regclass;
BEGIN
    FOR v_relation IN
        SELECT t.tgrelid
        FROM pg_catalog.pg_trigger AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
        WHERE t.tgname = 't50_audit_key'
          AND NOT c.relispartition
          AND EXISTS (
              SELECT
              FROM pg_catalog.pg_attribute AS a
              LEFT JOIN pg_catalog.pg_collation AS o ON o.oid = a.attcollation
              WHERE a.attrelid = t.tgrelid
                AND a.attnum = ANY (t.tgattr::int2[])
                AND (
                    NOT o.collisdeterministic
                    OR kernel.base_type(a.atttypid) <> ALL (
                        '{bool,int2,int4,int8,uuid,bytea,date,timestamp,timestamptz,text,varchar,bpchar}'
                        ::regtype[]
                    )
                )
          )
        ORDER BY t.tgrelid
    LOOP
        PERFORM kernel.enable_audit(v_relation);
    END LOOP;
END;
$$;
