SELECT r.ev_class AS relation, r.ev_action::text AS definition
FROM pg_catalog.pg_rewrite AS r
WHERE r.rulename = '_RETURN'
  AND r.ev_class >= 16384
