CREATE OR REPLACE FUNCTION kernel.subject_owners(p_links jsonb, p_found jsonb)
RETURNS TABLE (child_id oid, link jsonb, is_owner boolean, is_known boolean)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE links AS MATERIALIZED (
        SELECT
            l.link,
            (l.link ->> 'child_id')::oid AS child_id,
            (l.link ->> 'parent_id')::oid AS parent_id,
            l.link ->> 'delete_action' = 'c' AS is_cascading
        FROM jsonb_array_elements(p_links) AS l (link)
    ),
    reached AS (
        SELECT f.id::oid AS id FROM jsonb_object_keys(p_found) AS f (id)
        UNION
        SELECT l.child_id FROM reached AS r JOIN links AS l ON l.parent_id = r.id
    )
    SELECT
        l.child_id,
        l.link,
        -- A row goes with what it belongs to. Where no key says so, every key is believed.
        l.is_cascading OR NOT bool_or(l.is_cascading) OVER (PARTITION BY l.child_id),
        p_found ? l.parent_id::text
    FROM links AS l
    WHERE l.parent_id IN (SELECT r.id FROM reached AS r) AND NOT p_found ? l.child_id::text
$$;

COMMENT ON FUNCTION kernel.subject_owners(jsonb, jsonb) IS
'Of the tables whose rows are not known yet to be a person''s, the links to tables that are or will
be: whether a row belongs to what the link leads to (ON DELETE CASCADE, or no link has that), and
whether the condition of that table is known. A part of kernel.subject_conditions.';

GRANT EXECUTE ON FUNCTION kernel.subject_owners(jsonb, jsonb) TO strongroom_runner, pg_monitor;
