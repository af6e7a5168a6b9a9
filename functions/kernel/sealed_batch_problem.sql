CREATE OR REPLACE FUNCTION kernel.sealed_batch_problem(
    p_batch bigint, p_previous bytea, p_seal kernel.audit_seal
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_count bigint;
    v_unread_count bigint;
    v_leaves bytea;
BEGIN
    IF (p_seal).batch IS NULL THEN
        RETURN 'its seal is missing';
    ELSIF (p_seal).batch <> p_batch THEN
        RETURN format('its seal is missing; the next one is of batch %s', (p_seal).batch);
    ELSIF kernel.audit_link(p_previous, p_seal) IS DISTINCT FROM (p_seal).chain THEN
        RETURN 'its seal was changed, or the one before it';
    END IF;
    -- Not by time: an entry that was put in may lie in any partition.
    SELECT
        count(*),
        string_agg(
            kernel.audit_leaf(
                l.batch, l.id, l.at, l.transaction_id, l.app, l.relation, l.shape_id, l.operation,
                l.key, l.subject, l.actor, l.role, l.request_id, l.old, l.details, l.opening,
                l.commitment
            ),
            ''::bytea ORDER BY l.id
        )
    INTO v_count, v_leaves
    FROM kernel.audit_log AS l
    WHERE l.batch = p_batch;
    IF v_count <> (p_seal).row_count THEN
        RETURN format('it has %s entries, and was sealed with %s', v_count, (p_seal).row_count);
    ELSIF kernel.merkle_root(v_leaves) IS DISTINCT FROM (p_seal).root THEN
        RETURN 'an entry was changed or exchanged';
    END IF;
    -- Values have no names but these: other ones, and each entry says something else. Asked for each
    -- list that the batch has, not for each entry, nor for lists of other times.
    SELECT sum(used.count)
    INTO v_unread_count
    FROM (
        SELECT l.shape_id AS id, count(*)
        FROM kernel.audit_log AS l
        WHERE l.batch = p_batch AND l.shape_id IS NOT NULL
        GROUP BY l.shape_id
    ) AS used
    WHERE NOT EXISTS (
        SELECT
        FROM kernel.audit_shape AS s
        WHERE s.id = used.id AND s.id = kernel.audit_shape_id(s.columns)
    );
    IF v_unread_count > 0 THEN
        RETURN format('the list of columns that %s entries are read by is not theirs', v_unread_count);
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.sealed_batch_problem(bigint, bytea, kernel.audit_seal) IS
'What is wrong with a batch of the audit log, or NULL. p_previous is the chain value of the batch
before, p_seal the next seal that there is.';

GRANT EXECUTE ON FUNCTION kernel.sealed_batch_problem(bigint, bytea, kernel.audit_seal)
TO strongroom_definer;
