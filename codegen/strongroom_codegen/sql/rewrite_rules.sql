SELECT
    r.ev_class AS relation,
    CASE r.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END AS event,
    r.is_instead AND r.ev_qual::text = '<>' AS replaces,
    r.ev_action::text AS action
FROM pg_catalog.pg_rewrite AS r
WHERE r.ev_class >= 16384
  AND r.ev_type IN ('2', '3', '4')
ORDER BY r.ev_class, r.rulename
