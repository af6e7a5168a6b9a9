CREATE OR REPLACE FUNCTION kernel.partition_name(p_parent text, p_suffix text)
RETURNS name
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN pg_catalog.octet_length(p_parent || p_suffix) <= 63 THEN p_parent || p_suffix
    -- Parents that begin alike differ in their digests.
    ELSE kernel.cut_name(p_parent, 63 - 7 - pg_catalog.octet_length(p_suffix))
        || '_' || pg_catalog.left(
            pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p_parent, 'UTF8')), 'hex'), 6
        ) || p_suffix
END::name;

COMMENT ON FUNCTION kernel.partition_name(text, text) IS
'The name of a partition: that of its parent and a suffix. Where this exceeds the 63 bytes of a
name, the parent''s name is cut and six digits of its digest are added.';
