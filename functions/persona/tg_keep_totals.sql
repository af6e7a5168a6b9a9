CREATE OR REPLACE FUNCTION persona.tg_keep_totals()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    INSERT INTO persona.usage_stats AS t (
        user_id, vendor, total_requests, total_tokens, last_request_at
    )
    SELECT
        NULL, g.vendor, pg_catalog.sum(g.total_requests), pg_catalog.sum(g.total_tokens),
        pg_catalog.max(g.last_request_at)
    FROM gone AS g
    WHERE g.user_id IS NOT NULL
    GROUP BY g.vendor
    ORDER BY g.vendor
    ON CONFLICT (user_id, vendor) DO UPDATE
    SET total_requests = t.total_requests + excluded.total_requests,
        total_tokens = t.total_tokens + excluded.total_tokens,
        last_request_at = greatest(t.last_request_at, excluded.last_request_at);
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION persona.tg_keep_totals() IS
'AFTER DELETE on totals of use: what people did who are gone is nobody''s from now on, so that what
was asked of a vendor stays what it was.';

CREATE OR REPLACE TRIGGER t30_keep_totals
AFTER DELETE ON persona.usage_stats
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION persona.tg_keep_totals();

COMMENT ON TRIGGER t30_keep_totals ON persona.usage_stats IS
'Erasing a person leaves the totals of each vendor as they are.';
