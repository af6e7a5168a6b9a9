CREATE OR REPLACE FUNCTION kernel.partition_cutoff(
    p_keep interval, p_keep_ids bigint, p_now timestamptz, p_highest numeric
)
RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN coalesce(
    EXTRACT(epoch FROM pg_catalog.timezone('UTC', p_now) - p_keep),
    p_highest - p_keep_ids,
    '-Infinity'
);

COMMENT ON FUNCTION kernel.partition_cutoff(interval, bigint, timestamptz, numeric) IS
'The position (kernel.partition_position) up to which rows are past their time: -Infinity where they
are kept for ever.';
