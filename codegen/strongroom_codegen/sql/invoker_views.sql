SELECT n.nspname || '.' || c.relname AS name
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN pg_catalog.pg_options_to_table(c.reloptions) AS o
WHERE c.relkind = 'v'
  AND o.option_name = 'security_invoker'
  AND o.option_value::boolean
