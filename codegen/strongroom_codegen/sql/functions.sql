SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS name,
    p.proisstrict AS strict,
    p.proretset AS returns_set,
    p.provolatile AS volatility,
    p.prorows AS rows,
    p.prorettype AS result,
    p.proargtypes::oid[] AS arguments,
    p.proallargtypes AS all_arguments,
    p.proargmodes::text[] AS modes,
    p.proargnames AS argument_names,
    p.prosqlbody::text AS body,
    CASE WHEN n.nspname <> 'pg_catalog' THEN p.prosrc END AS source,
    CASE WHEN p.oid >= 16384 THEN pg_catalog.obj_description(p.oid, 'pg_proc') END
        AS comment
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
