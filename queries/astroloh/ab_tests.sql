-- Experiments: what is tried.

-- name: add_test :exec
-- Plan an experiment.
--
-- :test_name  name of it
-- :groups  the first is control
-- :test_parameters  what is different, by group
-- :test_start_date  from when on
-- :test_end_date? = NULL  until when
-- @role worker
INSERT INTO astroloh.ab_tests (
    test_name, groups, test_parameters, test_start_date, test_end_date
)
VALUES (:test_name, :groups, :test_parameters, :test_start_date, :test_end_date);

-- name: stop_test :rowcount
-- Stop an experiment before its time; 0 when there is none that runs.
--
-- :test_name  which
-- @role worker
UPDATE astroloh.ab_tests AS t
SET is_active = FALSE
WHERE t.test_name = :test_name AND t.is_active;

-- name: list_tests :many
-- The experiments that run now.
--
-- :limit = 100  most rows to give
SELECT t.test_name, t.groups, t.test_parameters, t.test_start_date, t.test_end_date
FROM astroloh.ab_tests AS t
WHERE t.is_active
  AND t.test_start_date <= now()
  AND (t.test_end_date IS NULL OR t.test_end_date > now())
ORDER BY t.test_name
LIMIT :limit;
