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
    kernel.tend_requests(),
    kernel.hold_conditions(regclass, regclass),
    kernel.erasure_plan(text),
    kernel.erasure_problem(jsonb, boolean, text[]),
    kernel.erase_from_kernel(kernel.erasure_step, text, text),
    kernel.erasure_act_tables(uuid, text),
    kernel.erasure_columns(regclass),
    kernel.erasure_change(regclass),
    kernel.erasure_free(regclass),
    kernel.erasure_references(regclass, boolean),
    kernel.lock_rows(regclass, text, text, integer),
    kernel.add_erasure_step(uuid, text, regclass, text, text, text, text),
    kernel.has_late_rows(uuid, text),
    kernel.erase_rows(kernel.erasure_step, text, integer),
    kernel.plan_erasure(uuid, text),
    kernel.next_erasure_step(uuid),
    kernel.end_erasure_step(kernel.erasure_step, bigint, boolean),
    kernel.erase_table(kernel.erasure_step, text, integer),
    kernel.cut_cycle(kernel.erasure_step, text),
    kernel.remember_tokens(uuid, text, text),
    kernel.scan_traces(uuid, text, text),
    kernel.renew_derived(uuid, text, text),
    kernel.run_erasure_step(uuid, integer),
    kernel.erasure_vacuums(uuid),
    kernel.require_running_erasure(uuid, text[]),
    kernel.mark_vacuumed(uuid),
    kernel.fail_erasure(uuid, text, text),
    kernel.accept_trace(uuid, text, text, text),
    kernel.erasure_pending(text, text),
    kernel.preview_erasure(text, text),
    kernel.erasure_act(kernel.subject_request, bytea, text),
    kernel.erasure_log(uuid),
    kernel.forget_requests(uuid, text, text),
    kernel.finish_erasure(uuid, bytea, text),
    kernel.is_erasure_free(uuid, text, text);
DROP TABLE kernel.erasure_evidence;
DROP TABLE kernel.erasure_trace;
DROP TABLE kernel.erasure_token;
DROP TABLE kernel.erasure_step;
DROP TABLE kernel.subject_request_event;
DROP TABLE kernel.subject_request;
DROP TABLE kernel.calendar_day;
DROP TABLE kernel.request_policy;
DROP VIEW kernel.held_subject;
DROP FUNCTION
    kernel.tg_check_request(),
    kernel.tg_log_request(),
    kernel.request_change_problem(jsonb, jsonb),
    kernel.require_erasure_evidence(uuid),
    kernel.is_request_move(text, text);
