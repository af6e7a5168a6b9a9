-- Find subscriptions whose time has come, while people pay.
-- depends: 0112.persona.validate-subscriptions
-- transactional: false
-- locks: SHARE UPDATE EXCLUSIVE on persona.subscriptions, which stops no reader or writer

CREATE INDEX CONCURRENTLY subscriptions_upcoming_idx ON persona.subscriptions (started_at)
WHERE status = 'upcoming';
