CREATE OR REPLACE FUNCTION kernel.finish_expiry(
    p_partition regclass, OUT outcome text, OUT row_count bigint
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_mark kernel.expiring_partition;
    v_policy kernel.partition_policy;
    v_digest bytea;
    v_type regtype;
    v_rule record;
BEGIN
    SELECT * INTO STRICT v_mark
    FROM kernel.expiring_partition AS e WHERE e.partition = p_partition FOR UPDATE;
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', p_partition);
    IF EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = p_partition) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR012',
            MESSAGE = format('%s is still a partition', p_partition),
            HINT = 'Detach it first: ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY.';
    END IF;
    -- No row can come any more. Those that came, changed or went since it was read are rare.
    IF kernel.is_partition_as_read(p_partition) THEN
        row_count := v_mark.row_count;
        v_digest := v_mark.digest;
    ELSE
        SELECT d.row_count, d.digest INTO row_count, v_digest
        FROM kernel.digest_partition(p_partition) AS d;
    END IF;
    SELECT * INTO v_policy FROM kernel.partition_policy AS p WHERE p.parent = v_mark.parent;
    -- The others tell whether it is past its time: an error where somebody has one to himself.
    PERFORM CASE WHEN v_policy.keep_ids IS NOT NULL THEN kernel.last_span(v_mark.parent) END;
    outcome := CASE
        WHEN v_mark.last_position <= kernel.partition_cutoff(
            v_policy.keep, v_policy.keep_ids, now(),
            CASE WHEN v_policy.keep_ids IS NOT NULL THEN kernel.stored_key(v_mark.parent) END
        ) IS NOT TRUE THEN 'kept'
        WHEN NOT kernel.is_partition_free(p_partition, v_mark.parent) THEN 'held'
        ELSE v_policy.on_expiry
    END;

    IF outcome NOT IN ('kept', 'held') THEN
        PERFORM kernel.adjust_counters_for(p_partition, v_mark.parent);
    END IF;
    IF outcome IN ('kept', 'held') THEN
        PERFORM kernel.reattach_partition(
            v_mark.parent, p_partition, v_mark.first_position, v_mark.last_position
        );
    ELSIF outcome = 'drop' THEN
        v_type := (kernel.partition_key(v_mark.parent)).key_type;
        SELECT p.name, p.reason INTO v_rule
        FROM kernel.retention_policy AS p
        WHERE p.relation = v_mark.parent AND p.action = 'drop' AND p.is_enabled
        ORDER BY p.name
        LIMIT 1;
        PERFORM kernel.record_destruction(
            v_mark.parent, p_partition,
            kernel.partition_bound(v_type, v_mark.first_position),
            kernel.partition_bound(v_type, v_mark.last_position),
            row_count, v_digest, coalesce(v_rule.reason, 'past the time of kernel.partition_policy'),
            p_policy => v_rule.name
        );
        -- What its foreign keys point to is locked against readers, and who comes then queues behind.
        PERFORM set_config('lock_timeout', '250ms', true);
        EXECUTE format('DROP TABLE %s', p_partition);
    ELSE
        -- A table of its own from here on: its changes are not changes of the table that it left.
        PERFORM kernel.disable_audit(p_partition);
        IF outcome = 'archive' THEN
            EXECUTE format('ALTER TABLE %s SET SCHEMA %I', p_partition, v_policy.archive_schema);
        END IF;
    END IF;
    DELETE FROM kernel.expiring_partition AS e WHERE e.partition = p_partition;
END;
$$;

COMMENT ON FUNCTION kernel.finish_expiry(regclass) IS
'The end of a partition that was detached: drop (with a record of destruction), detach or archive as
the policy says now. Where something in it is held, or the policy keeps it after all, it is put
back: held, kept. Also answers how many rows it has. Raises KR012 PartitionStillAttached.';
