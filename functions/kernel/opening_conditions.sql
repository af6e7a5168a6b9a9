CREATE OR REPLACE FUNCTION kernel.opening_conditions()
RETURNS text[]
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY['t.subject = $2'] || array_agg(
        format('CASE WHEN t.shape_id = ANY (%L::bigint[]) THEN t.subject::jsonb ? $2 END', shared.ids)
    ) FILTER (WHERE shared.ids IS NOT NULL)
    FROM (
        -- Rows of two people are found by no index, so not looked for where there are none.
        SELECT array_agg(s.id ORDER BY s.id)
        FROM kernel.audit_shape AS s
        WHERE jsonb_array_length(s.columns -> 'subject') > 1
    ) AS shared (ids)
$$;

COMMENT ON FUNCTION kernel.opening_conditions() IS
'SQL conditions over entries t of the audit log, each true of some that are about the person $2: alone,
or with others.';
