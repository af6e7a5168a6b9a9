-- What can be subscribed to.

-- name: list_plans :many
-- The plans that can be begun, the cheapest first.
-- @identity none
SELECT p.plan, p.price, p.currency, p.days
FROM persona.plans AS p
WHERE p.is_offered
ORDER BY p.price, p.plan;
