CREATE OR REPLACE FUNCTION kernel.catalog_snapshot(p_schemas text[] DEFAULT NULL)
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH wanted (schemas) AS (
        SELECT coalesce(p_schemas, ARRAY(SELECT kernel.guarded_schemas()))
    )
    SELECT s.kind, s.identity, s.definition
    FROM wanted AS w
    CROSS JOIN LATERAL (
        SELECT * FROM kernel.catalog_relations(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_columns(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_constraints(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_indexes(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_sequences(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_types(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_routines(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_rules(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_operators(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_operator_families(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_text_search(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_publications(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_default_privileges(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_others(w.schemas)
        UNION ALL
        SELECT * FROM kernel.catalog_comments(w.schemas)
    ) AS s (kind, identity, definition)
    ORDER BY s.kind COLLATE "C", s.identity COLLATE "C", s.definition COLLATE "C"
$$;

COMMENT ON FUNCTION kernel.catalog_snapshot(text[]) IS
'What some schemas are, as text: one row for each object, column, order of columns, comment and
grant, sorted. Two databases with equal rows on one server version were built alike, however they
came to be. Partitions of range-partitioned tables are data and are left out. By default schema
kernel and every schema whose comment has the tag @app.';
