-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW astroloh.daily_interactions WITH (security_barrier = true) AS
SELECT
    (i.occurred_at AT TIME ZONE 'UTC')::date AS day,
    i.content_type,
    i.interaction_type,
    count(*) AS interactions,
    count(DISTINCT i.user_id) AS people,
    count(i.rating) AS ratings,
    count(*) FILTER (WHERE i.rating >= 4) AS good_ratings
FROM astroloh.user_interactions AS i
WHERE i.occurred_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2, 3
HAVING count(DISTINCT i.user_id) >= 5;

COMMENT ON VIEW astroloh.daily_interactions IS
'What people did by day (UTC), content and kind, of days that are over. Groups of fewer than five
people are left out.
@row DailyInteractions';
COMMENT ON COLUMN astroloh.daily_interactions.day IS
'Day in UTC.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.content_type IS
'With what.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.interaction_type IS
'What they did.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.interactions IS
'How often.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.people IS
'How many people, at least five.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.ratings IS
'How many of these have a rating.
@public';
COMMENT ON COLUMN astroloh.daily_interactions.good_ratings IS
'How many of these ratings are 4 or 5.
@public';

GRANT SELECT ON astroloh.daily_interactions TO astroloh_analyst;
