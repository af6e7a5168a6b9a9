CREATE OR REPLACE FUNCTION kernel.hides_rows(p_relation regclass)
RETURNS boolean
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT NOT (r.rolsuper OR r.rolbypassrls)
        AND c.relrowsecurity
        AND (c.relforcerowsecurity OR NOT pg_has_role(r.oid, c.relowner, 'USAGE'))
        AND (
            NOT EXISTS (
                SELECT
                FROM pg_policy AS p
                WHERE p.polrelid = c.oid
                  AND p.polpermissive
                  AND p.polcmd = '*'
                  AND r.oid = ANY (p.polroles)
                  AND pg_get_expr(p.polqual, p.polrelid) = 'true'
            )
            OR EXISTS (
                SELECT
                FROM pg_policy AS p
                WHERE p.polrelid = c.oid
                  AND NOT p.polpermissive
                  AND p.polcmd IN ('*', 'r')
                  -- A copy that doesn't serve yet hides its rows, but all of them together.
                  AND pg_get_expr(p.polqual, p.polrelid) NOT IN ('true', 'kernel.is_serving()')
                  AND EXISTS (
                      SELECT
                      FROM unnest(p.polroles) AS o (role)
                      WHERE o.role = 0 OR pg_has_role(r.oid, o.role, 'USAGE')
                  )
            )
        )
    FROM pg_class AS c
    JOIN pg_namespace AS k ON k.nspname = 'kernel'
    JOIN pg_roles AS r ON r.oid = k.nspowner
    WHERE c.oid = p_relation
$$;

COMMENT ON FUNCTION kernel.hides_rows(regclass) IS
'Whether row level security may hide rows of a table from the owner of the kernel, who destroys and counts
for others: forced, without a policy for all rows, or with a restrictive one that is more than the gate''s.
What can''t be seen is not there for it, and no error says so.';
