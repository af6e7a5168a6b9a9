-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW tarot.daily_readings WITH (security_barrier = true) AS
SELECT
    (r.created_at AT TIME ZONE 'UTC')::date AS day,
    r.spread_type,
    count(*) AS readings,
    count(DISTINCT r.user_id) AS people
FROM tarot.readings AS r
WHERE r.created_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT r.user_id) >= 5;

COMMENT ON VIEW tarot.daily_readings IS
'Readings by day (UTC) and spread, of days that are over: the running day, asked for twice, would
show the reading between. Groups of fewer than five people are left out.
@row DailyReadings';
COMMENT ON COLUMN tarot.daily_readings.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN tarot.daily_readings.spread_type IS
'How the cards were laid.
@public';
COMMENT ON COLUMN tarot.daily_readings.readings IS
'How many readings.
@public';
COMMENT ON COLUMN tarot.daily_readings.people IS
'Of how many people, at least five.
@public';

GRANT SELECT ON tarot.daily_readings TO tarot_analyst;
