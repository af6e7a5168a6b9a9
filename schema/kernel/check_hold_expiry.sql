CREATE VIEW kernel.check_hold_expiry
WITH (security_invoker = true)
AS
SELECT
    'hold_expiry' AS name,
    state.title,
    state.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'A hold that ends lets go what it kept, and one that nobody ends keeps it'
    ' for ever: both are somebody''s decision.' AS description,
    format(state.detail, h.id, coalesce(h.expires_at, h.placed_at)) AS detail,
    state.remediation,
    jsonb_build_object(
        'hold', h.id, 'placed_at', h.placed_at, 'expires_at', h.expires_at
    ) AS metadata,
    format('hold_expiry:%s:%s', h.id, state.kind) AS cache_key
FROM kernel.legal_hold AS h
JOIN (
    VALUES
        (
            'late', 'WARN', 'A hold has expired and is still in force',
            'Hold %s expired at %s, and nothing has released it.',
            'Run the job release_expired_holds: see kernel.job and kernel.job_run.'
        ),
        (
            'soon', 'INFO', 'A hold ends soon',
            'Hold %s ends at %s.',
            'Place another hold if the case goes on; else leave it.'
        ),
        (
            'old', 'INFO', 'A hold without an end is old',
            'Hold %s is in force since %s and has no end.',
            'Ask whether the case goes on; else release it: kernel.release_hold().'
        )
) AS state (kind, level, title, detail, remediation)
    ON state.kind = CASE
        WHEN h.expires_at < CURRENT_TIMESTAMP - interval '1 day' THEN 'late'
        WHEN h.expires_at < CURRENT_TIMESTAMP + interval '14 days' THEN 'soon'
        WHEN h.expires_at IS NULL AND h.placed_at < CURRENT_TIMESTAMP - interval '1 year'
            THEN 'old'
    END
WHERE h.released_at IS NULL;

COMMENT ON VIEW kernel.check_hold_expiry IS
'Holds in force that expired more than a day ago (WARN), that end within a fortnight, and that are
older than a year and have no end (INFO).';

GRANT SELECT ON kernel.check_hold_expiry TO strongroom_runner, pg_monitor;
