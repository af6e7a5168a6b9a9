-- Which group of an experiment a person is in.

-- name: assign_group :one
-- The group of the person of this session, given once and kept; None for who does not take part.
--
-- :test_name  the experiment
SELECT astroloh.assign_group(:test_name) AS group_name;

-- name: list_groups :many
-- The groups that the person of this session is in.
--
-- :limit = 100  most rows to give
SELECT g.test_name, g.group_name, g.is_active, g.assigned_at
FROM astroloh.ab_test_groups AS g
WHERE g.user_id = kernel.user_uuid()
ORDER BY g.test_name
LIMIT :limit;

-- name: leave_test :rowcount
-- Take the person of this session out of an experiment; 0 when they take no part.
--
-- :test_name  the experiment
UPDATE astroloh.ab_test_groups AS g
SET is_active = FALSE
WHERE g.user_id = kernel.user_uuid() AND g.test_name = :test_name AND g.is_active;

-- name: count_groups :many
-- How many people each group of an experiment has.
--
-- :test_name  the experiment
-- @role worker
-- @lint ignore unbounded-many an experiment has ten groups at most
SELECT
    g.group_name, count(*) AS people, count(*) FILTER (WHERE g.is_active) AS active_people
FROM astroloh.ab_test_groups AS g
WHERE g.test_name = :test_name
GROUP BY g.group_name
ORDER BY g.group_name;
