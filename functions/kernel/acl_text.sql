CREATE OR REPLACE FUNCTION kernel.acl_text(p_acl aclitem[], p_kind "char", p_owner oid)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(held.entry, ', ' ORDER BY held.entry COLLATE "C")
    FROM (
        SELECT format(
            '%s=%s%s',
            CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
            string_agg(
                acl.privilege_type || CASE WHEN acl.is_grantable THEN '*' ELSE '' END,
                '+' ORDER BY acl.privilege_type COLLATE "C"
            ),
            CASE WHEN acl.grantor = p_owner THEN '' ELSE '/' || acl.grantor::regrole::text END
        ) AS entry
        FROM aclexplode(coalesce(p_acl, acldefault(p_kind, p_owner))) AS acl
        GROUP BY acl.grantee, acl.grantor
    ) AS held
$$;

COMMENT ON FUNCTION kernel.acl_text(aclitem[], "char", oid) IS
'Who holds which privilege, sorted, with the default filled in where nothing was ever granted; the
grantor is named where it is not the owner. The kind is that of acldefault().';
