-- What was written down of deletions and ends of dialogs stays.

DROP TRIGGER IF EXISTS t70_log_deletion ON astroloh.horoscope_requests;
DROP FUNCTION IF EXISTS astroloh.tg_log_forgotten();
DROP TRIGGER IF EXISTS t70_log_end ON astroloh.user_sessions;
DROP FUNCTION IF EXISTS astroloh.tg_log_session();
UPDATE astroloh.security_event_types AS t
SET meaning = 'a person''s row was deleted'
WHERE t.event_type = 'deletion';
