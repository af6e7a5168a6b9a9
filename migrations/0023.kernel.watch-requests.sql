-- Say which requests of people are due, and which keys are old.
-- depends: 0022.tarot.mask-tables
-- locks: none that anyone waits for; new views

CREATE VIEW kernel.check_keys_unrotated
WITH (security_invoker = true)
AS
SELECT
    'keys_unrotated' AS name,
    found.title,
    found.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'The longer a key is in use, the more is lost with it; and a key that is on its way out must be'
    ' kept until nothing is left under it.' AS description,
    found.detail,
    found.remediation,
    jsonb_build_object('key', found.key) AS metadata,
    format('keys_unrotated:%s:%s', found.key, found.what) AS cache_key
FROM (
    SELECT
        'retiring',
        CASE
            WHEN k.retiring_at < CURRENT_TIMESTAMP - interval '90 days' THEN 'ERROR'
            ELSE 'WARN'
        END,
        'A rotation was not ended',
        k.id,
        format('Master key %s was replaced at %s, and data may still be under it.', k.id, k.retiring_at),
        'strongroom keys rotate, until nothing is left; then strongroom keys retire.'
    FROM kernel.encryption_key AS k
    WHERE k.state = 'retiring' AND k.retiring_at < CURRENT_TIMESTAMP - interval '30 days'
    UNION ALL
    SELECT
        'old', 'INFO', 'A master key is old', k.id,
        format('Master key %s is in use since %s.', k.id, k.registered_at),
        'Rotate it: strongroom keys rotate.'
    FROM kernel.encryption_key AS k
    WHERE k.state = 'active' AND k.registered_at < CURRENT_TIMESTAMP - interval '1 year'
    UNION ALL
    SELECT
        'pseudonyms', 'INFO', 'The key of pseudonyms is old', k.app,
        format('Pseudonyms in masked views of %I are the same since %s.', k.app, k.made_at),
        format('SELECT kernel.rotate_masking_key(%L);', k.app)
    FROM kernel.masking_key AS k
    WHERE k.made_at < CURRENT_TIMESTAMP - interval '1 year'
    UNION ALL
    SELECT DISTINCT
        'missing', 'WARN', 'Sealed columns have no key', n.nspname || '.' || s.purpose,
        format(
            'Sealed columns of app %I want an active key of kind %s for %s.', n.nspname, s.kind, s.purpose
        ),
        'Make one and register it: strongroom keys new, then strongroom keys rotate.'
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN kernel.sealed_columns(c.oid) AS s
    WHERE n.nspname IN (SELECT kernel.app_schemas())
      AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition
      AND NOT EXISTS (
          SELECT
          FROM kernel.encryption_key AS k
          WHERE k.app = n.nspname AND k.purpose = s.purpose AND k.kind = s.kind AND k.state = 'active'
      )
) AS found (what, level, title, key, detail, remediation);

COMMENT ON VIEW kernel.check_keys_unrotated IS
'Master keys that were replaced and not retired for a month (WARN) or for three (ERROR), keys and keys
of pseudonyms that are older than a year (INFO), and sealed columns for which no key is active (WARN).';

GRANT SELECT ON kernel.check_keys_unrotated TO strongroom_runner, pg_monitor;

CREATE VIEW kernel.check_requests_due
WITH (security_invoker = true)
AS
SELECT
    'requests_due' AS name,
    late.title,
    late.level,
    'INTERNAL' AS facing,
    ARRAY['MAINTENANCE', 'PRIVACY'] AS categories,
    'The law gives a term to answer people who ask to see, correct or erase what is held of them, and'
    ' nothing but an answer stops it: no hold and no failure does.' AS description,
    format(late.detail, r.kind, r.id, r.state, r.due, r.state_at) AS detail,
    late.remediation,
    jsonb_build_object(
        'request', r.id, 'app', r.app, 'kind', r.kind, 'state', r.state, 'due_at', r.due
    ) AS metadata,
    format('requests_due:%s:%s', r.id, late.what) AS cache_key
FROM (
    SELECT
        q.id,
        q.app,
        q.kind,
        q.state,
        q.state_at,
        q.code_expires_at,
        coalesce(q.extended_to, q.due_at) AS due,
        -- Ten working days are short.
        CASE q.regime WHEN 'fz152' THEN interval '3 days' ELSE interval '7 days' END AS notice
    FROM kernel.subject_request AS q
    WHERE q.state NOT IN ('done', 'refused')
) AS r
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN r.due <= CURRENT_TIMESTAMP THEN 'past'
        WHEN r.state = 'failed' THEN 'failed'
        WHEN r.state = 'requested' THEN CASE
            WHEN r.code_expires_at < CURRENT_TIMESTAMP - interval '1 day' THEN 'untended'
        END
        WHEN r.due <= CURRENT_TIMESTAMP + r.notice THEN 'soon'
        WHEN r.state IN ('approved', 'running')
            AND r.kind = 'erasure'
            AND r.state_at < CURRENT_TIMESTAMP - interval '1 day'
            THEN 'idle'
    END
) AS state (what)
JOIN (
    VALUES
        (
            'past', 'ERROR', 'A person was not answered in time',
            'The %1$s request %2$s was to be answered by %4$s; it is %3$s.',
            'Answer it now, and tell the person why it is late.'
        ),
        (
            'failed', 'ERROR', 'A person''s request failed',
            'The %1$s request %2$s failed at %5$s; its term ends at %4$s.',
            'Read state_reason in kernel.subject_request, mend that, and approve it again:'
            ' kernel.approve_request().'
        ),
        (
            'soon', 'WARN', 'A person''s request is due soon',
            'The %1$s request %2$s is %3$s, and its term ends at %4$s.',
            'Take its next step, or extend the term by kernel.extend_request() where the law lets you.'
        ),
        (
            'idle', 'WARN', 'An erasure does not go on',
            'The %1$s request %2$s is %3$s since %5$s.',
            'Run it: strongroom subject erase.'
        ),
        (
            'untended', 'WARN', 'A request that nobody confirmed is still open',
            'The %1$s request %2$s waits for a code that has expired.',
            'Run the job tend_requests: see kernel.job and kernel.job_run.'
        )
) AS late (what, level, title, detail, remediation) ON late.what = state.what;

COMMENT ON VIEW kernel.check_requests_due IS
'Requests of people whose term is over, or that failed (ERROR); whose term ends within a week, under
fz152 within three days, that were approved and not worked on for a day, or that were never confirmed
and are still open (WARN).';

GRANT SELECT ON kernel.check_requests_due TO strongroom_runner;
