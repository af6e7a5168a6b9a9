-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW persona.daily_usage WITH (security_barrier = true) AS
SELECT
    d.day,
    d.vendor,
    sum(d.requests)::bigint AS requests,
    sum(d.tokens)::bigint AS tokens,
    count(DISTINCT d.user_id) AS people
FROM persona.usage_days AS d
WHERE d.day < (now() AT TIME ZONE 'UTC')::date
  AND d.user_id IS NOT NULL
GROUP BY d.day, d.vendor
HAVING count(DISTINCT d.user_id) >= 5;

COMMENT ON VIEW persona.daily_usage IS
'Use by people, by day (UTC) and vendor, of days that are over: the running day, asked for twice, would
show the request between. Groups of fewer than five people are left out.
@row DailyUsage';
COMMENT ON COLUMN persona.daily_usage.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN persona.daily_usage.vendor IS
'Who was asked.
@public';
COMMENT ON COLUMN persona.daily_usage.requests IS
'How many requests.
@public';
COMMENT ON COLUMN persona.daily_usage.tokens IS
'How many tokens they took.
@public';
COMMENT ON COLUMN persona.daily_usage.people IS
'Of how many people, at least five.
@public';

GRANT SELECT ON persona.daily_usage TO persona_analyst;
