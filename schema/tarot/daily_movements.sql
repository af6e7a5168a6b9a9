-- Not security_invoker: an analyst may read no base table, and gets what the owner counts here.
CREATE VIEW tarot.daily_movements WITH (security_barrier = true) AS
SELECT
    (t.completed_at AT TIME ZONE 'UTC')::date AS day,
    t.type,
    count(*) AS movements,
    sum(t.amount) AS credits,
    count(DISTINCT t.user_id) AS people
FROM tarot.transactions AS t
WHERE t.completed_at < date_trunc('day', now(), 'UTC')
GROUP BY 1, 2
HAVING count(DISTINCT t.user_id) >= 5;

COMMENT ON VIEW tarot.daily_movements IS
'Movements of credits by day (UTC) and type, of days that are over: the running day, asked for
twice, would show the movement between. Groups of fewer than five people are left out.
@row DailyMovements';
COMMENT ON COLUMN tarot.daily_movements.day IS
'Day in UTC on which the balance moved.
@public';
COMMENT ON COLUMN tarot.daily_movements.type IS
'What the movements were for.
@public';
COMMENT ON COLUMN tarot.daily_movements.movements IS
'How many movements.
@public';
COMMENT ON COLUMN tarot.daily_movements.credits IS
'Credits added, less credits taken.
@public';
COMMENT ON COLUMN tarot.daily_movements.people IS
'Of how many people, at least five.
@public';

GRANT SELECT ON tarot.daily_movements TO tarot_analyst;
