CREATE OR REPLACE FUNCTION kernel.audit_columns(p_relation regclass)
RETURNS jsonb
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH
    root AS (
        SELECT c.oid, n.nspname, c.relname
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.oid = coalesce(pg_partition_root(p_relation), p_relation)
    ),
    columns AS (
        SELECT
            a.attname AS name,
            a.attnum AS position,
            a.attgenerated <> '' AS is_generated,
            array_position((i.indkey::smallint[])[0:i.indnkeyatts - 1], a.attnum) AS key_position,
            NOT EXISTS (
                SELECT
                FROM kernel.comment_tags(col_description(a.attrelid, a.attnum)) AS t
                WHERE t.tag IN ('public', 'internal')
            ) AS is_personal
        FROM root AS r
        JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_index AS i ON i.indrelid = r.oid AND i.indisprimary
    ),
    kept AS (
        SELECT c.name, c.position, c.is_personal
        FROM columns AS c
        WHERE NOT c.is_generated AND c.key_position IS NULL
    )
    SELECT jsonb_build_object(
        'app', r.nspname,
        'relation', r.relname,
        'key', to_jsonb(ARRAY(
            SELECT c.name FROM columns AS c WHERE c.key_position IS NOT NULL ORDER BY c.key_position
        )),
        'personal_key', to_jsonb(ARRAY(
            SELECT c.name FROM columns AS c WHERE c.key_position IS NOT NULL AND c.is_personal
        )),
        'subject', to_jsonb(ARRAY(SELECT s.name FROM kernel.subject_columns(r.oid) AS s (name))),
        'plain', to_jsonb(ARRAY(
            SELECT k.name FROM kept AS k WHERE NOT k.is_personal ORDER BY k.position
        )),
        'personal', to_jsonb(ARRAY(
            SELECT k.name FROM kept AS k WHERE k.is_personal ORDER BY k.position
        ))
    )
    FROM root AS r
$$;

COMMENT ON FUNCTION kernel.audit_columns(regclass) IS
'What the audit log would hold of a table as it is now: app, relation, and the names of the columns
that are its key, its subject, kept (plain) and only committed to (personal: all that are not tagged
@public or @internal). Generated columns follow from the others. Partitions speak through their root.';

GRANT EXECUTE ON FUNCTION kernel.audit_columns(regclass) TO strongroom_runner, pg_monitor;
