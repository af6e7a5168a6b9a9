SELECT
    p.polrelid AS relation,
    p.polname AS name,
    p.polcmd AS command,
    p.polqual::text AS qual,
    p.polwithcheck::text AS with_check,
    ARRAY(
        SELECT CASE WHEN role.oid = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(role.oid) END
        FROM pg_catalog.unnest(p.polroles) AS role (oid)
        ORDER BY 1
    )::text[] AS roles
FROM pg_catalog.pg_policy AS p
ORDER BY p.polrelid, p.polname
