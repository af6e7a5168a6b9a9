-- Takes every request and its history with it: dump them first.

DELETE FROM kernel.job WHERE name = 'tend_requests';

CREATE OR REPLACE VIEW kernel.pinned_subject
WITH (security_invoker = true)
AS
SELECT h.app, h.subject
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL AND h.subject IS NOT NULL;

COMMENT ON VIEW kernel.pinned_subject IS
'The people whose rows may not be destroyed now, one row a reason. Whatever destroys takes
kernel.lock_pins() first, then leaves the rows of these people alone.';

DROP FUNCTION IF EXISTS
    kernel.is_subject_held(text, text),
    kernel.request_due(text, text, timestamptz, boolean),
    kernel.request_identity(),
    kernel.new_request_code(),
    kernel.hash_request_code(bytea, text),
    kernel.join_request(text, text),
    kernel.request_erasure(text),
    kernel.request_access(text),
    kernel.request_rectification(text),
    kernel.verify_request(uuid, text),
    kernel.my_requests(),
    kernel.require_request(uuid),
    kernel.require_request_reason(text),
    kernel.open_request(text, text, text, text, text),
    kernel.approve_request(uuid),
    kernel.refuse_request(uuid, text),
    kernel.extend_request(uuid, text),
    kernel.answer_request(uuid),
    kernel.tend_requests();
DROP TABLE kernel.subject_request_event;
DROP TABLE kernel.subject_request;
DROP TABLE kernel.calendar_day;
DROP TABLE kernel.request_policy;
DROP VIEW kernel.held_subject;
DROP FUNCTION
    kernel.tg_check_request(),
    kernel.tg_log_request(),
    kernel.request_change_problem(jsonb, jsonb),
    kernel.is_request_move(text, text);
