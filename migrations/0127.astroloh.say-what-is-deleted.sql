-- Deletions by people themselves are events of security, too.
-- depends: 0126.astroloh.ask-for-consent
-- locks: a row of astroloh.security_event_types

UPDATE astroloh.security_event_types AS t
SET meaning = 'a person, or what is kept of one, was deleted'
WHERE t.event_type = 'deletion';
