-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.daily_requests WITH (security_barrier = true) AS
SELECT
    (r.processed_at AT TIME ZONE 'UTC')::date AS day,
    r.request_type,
    count(*) AS requests,
    count(DISTINCT r.user_id) AS people,
    count(*) FILTER (WHERE r.cache_hit) AS cache_hits,
    count(r.processing_time_ms) FILTER (WHERE r.processing_time_ms > 1000) AS slow_answers
FROM astroloh.horoscope_requests AS r
WHERE r.processed_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW astroloh.daily_requests IS
'Consultations by day (UTC) and kind, of days that are over. Groups of fewer than five people are
left out.
@row DailyRequests';
COMMENT ON COLUMN astroloh.daily_requests.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN astroloh.daily_requests.request_type IS
'What was asked for.
@public';
COMMENT ON COLUMN astroloh.daily_requests.requests IS
'How many consultations.
@public';
COMMENT ON COLUMN astroloh.daily_requests.people IS
'Of how many people, at least five.
@public';
COMMENT ON COLUMN astroloh.daily_requests.cache_hits IS
'How many answers were there already.
@public';
COMMENT ON COLUMN astroloh.daily_requests.slow_answers IS
'How many answers took more than a second.
@public';

GRANT SELECT ON astroloh.daily_requests TO astroloh_analyst;
