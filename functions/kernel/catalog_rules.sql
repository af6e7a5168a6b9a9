CREATE OR REPLACE FUNCTION kernel.catalog_rules(p_schemas text[])
RETURNS TABLE (kind text, identity text, definition text)
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n', pg_get_triggerdef(t.oid), 'enabled: ' || t.tgenabled::text,
            CASE WHEN t.tgparentid <> 0 THEN 'inherited' END
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_trigger') AS m
    JOIN pg_trigger AS t ON t.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            format(
                '%s FOR %s TO %s',
                CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                CASE p.polcmd
                    WHEN 'r' THEN 'SELECT'
                    WHEN 'a' THEN 'INSERT'
                    WHEN 'w' THEN 'UPDATE'
                    WHEN 'd' THEN 'DELETE'
                    ELSE 'ALL'
                END,
                (
                    SELECT string_agg(g.name, ', ' ORDER BY g.name COLLATE "C")
                    FROM (
                        SELECT CASE WHEN r.oid = 0 THEN 'PUBLIC' ELSE r.oid::regrole::text END
                        FROM unnest(p.polroles) AS r (oid)
                    ) AS g (name)
                )
            ),
            'using: ' || pg_get_expr(p.polqual, p.polrelid),
            'with check: ' || pg_get_expr(p.polwithcheck, p.polrelid)
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_policy') AS m
    JOIN pg_policy AS p ON p.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(E'\n', pg_get_ruledef(r.oid), 'enabled: ' || r.ev_enabled::text)
    FROM kernel.catalog_members_of(p_schemas, 'pg_rewrite') AS m
    JOIN pg_rewrite AS r ON r.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            format('on %s call %s', e.evtevent, e.evtfoid::regprocedure),
            'for: ' || array_to_string(e.evttags, ', '),
            'enabled: ' || e.evtenabled::text,
            'owner: ' || e.evtowner::regrole::text
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_event_trigger') AS m
    JOIN pg_event_trigger AS e ON e.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_rules(text[]) IS
'Triggers, policies, rules and event triggers of some schemas, as rows of a catalogue snapshot.';
