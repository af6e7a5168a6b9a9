CREATE OR REPLACE FUNCTION kernel.deletion_statement(
    p_policy text,
    p_source regclass,
    p_condition text,
    p_bounds text[]
)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key CONSTANT record := kernel.key_digest(
        (SELECT p.relation FROM kernel.retention_policy AS p WHERE p.name = p_policy)
    );
BEGIN
    -- RETURNING would fetch each row again and keep it: that costs as much as the DELETE. Both parts
    -- have one snapshot, so what goes is among what is read; and a row that somebody writes
    -- meanwhile, even its key, is then too young to go.
    RETURN format(
        'WITH tally AS MATERIALIZED (SELECT count(*) AS row_count, %1$s AS digest FROM ('
        'SELECT %2$s FROM %3$s AS t WHERE %4$s) AS g), record AS (%5$s)'
        ' DELETE FROM %3$s AS t WHERE %4$s'
        ' AND age(t.xmin) > (SELECT age(pg_snapshot_xmin(pg_current_snapshot())::xid))',
        v_key.digest, v_key.columns, p_source, p_condition,
        kernel.record_statement(p_policy, p_source, p_bounds, '$1')
    );
END;
$$;

COMMENT ON FUNCTION kernel.deletion_statement(text, regclass, text, text[]) IS
'The statement that deletes the rows t that a condition names, and writes record number $1 of all
that were there. Where fewer went than it says, it has to be undone: of these rows one was written to
meanwhile, kept by a trigger, or is younger than a transaction that is open still.';
