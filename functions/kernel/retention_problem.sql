CREATE OR REPLACE FUNCTION kernel.retention_problem(p_policy jsonb)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
    v_relation CONSTANT regclass := to_regclass(p_policy ->> 'relation');
    v_action CONSTANT text := p_policy ->> 'action';
    v_problem text;
BEGIN
    SELECT CASE
        WHEN c.relkind NOT IN ('r', 'p') OR c.relpersistence = 't' THEN 'It is no table.'
        WHEN c.relispartition THEN 'It is a partition: the policy belongs to its root.'
        WHEN n.nspname NOT IN (SELECT kernel.guarded_schemas())
            THEN 'It is in no schema of an app.'
        WHEN c.relowner <> k.relowner
            THEN format('It belongs to %s, not to %s.', c.relowner::regrole, k.relowner::regrole)
        WHEN kernel.hides_rows(c.oid)
            THEN 'Its owner has no policy for all rows, and would find none to destroy.'
        WHEN NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
            THEN 'It has no primary key.'
    END
    INTO v_problem
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_class AS k ON k.oid = to_regclass('kernel.retention_policy')
    WHERE c.oid = v_relation;
    IF v_problem IS NOT NULL OR NOT FOUND THEN
        RETURN coalesce(v_problem, 'There is no such table.');
    END IF;

    IF v_action = 'drop' THEN
        RETURN CASE
            WHEN NOT EXISTS (
                SELECT
                FROM kernel.partition_policy AS p
                WHERE p.parent = v_relation
                  AND p.on_expiry = 'drop'
                  AND num_nonnulls(p.keep, p.keep_ids) = 1
            )
                THEN 'kernel.partition_policy doesn''t say when its partitions are dropped.'
        END;
    END IF;
    IF now() - (p_policy ->> 'keep_for')::interval
        > now() - (p_policy ->> 'statutory_minimum')::interval
    THEN
        RETURN 'It keeps rows for less than the statutory minimum.';
    END IF;
    RETURN coalesce(
        kernel.retention_time_problem(p_policy),
        kernel.retention_columns_problem(p_policy),
        CASE
            WHEN p_policy ->> 'override_table' IS NOT NULL
                THEN kernel.retention_override_problem(p_policy)
        END,
        CASE WHEN v_action = 'delete' THEN kernel.reference_problem(v_relation) END
    );
END;
$$;

COMMENT ON FUNCTION kernel.retention_problem(jsonb) IS
'Why a policy (a row of kernel.retention_policy as jsonb) can''t be carried out, as a sentence; NULL
where it can. What a mask does is not looked at.';
