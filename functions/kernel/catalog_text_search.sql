CREATE OR REPLACE FUNCTION kernel.catalog_text_search(p_schemas text[])
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
            E'\n',
            'parser: ' || (
                SELECT id.identity
                FROM pg_identify_object('pg_ts_parser'::regclass, c.cfgparser, 0) AS id
            ),
            (
                SELECT string_agg(
                    format('%s with %s', t.alias, s.mapdict::regdictionary),
                    E'\n' ORDER BY s.maptokentype, s.mapseqno
                )
                FROM pg_ts_config_map AS s
                JOIN ts_token_type(c.cfgparser) AS t ON t.tokid = s.maptokentype
                WHERE s.mapcfg = c.oid
            ),
            'owner: ' || c.cfgowner::regrole::text
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_ts_config') AS m
    JOIN pg_ts_config AS c ON c.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(
            E'\n',
            'template: ' || (
                SELECT id.identity
                FROM pg_identify_object('pg_ts_template'::regclass, d.dicttemplate, 0) AS id
            ),
            'options: ' || d.dictinitoption,
            'owner: ' || d.dictowner::regrole::text
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_ts_dict') AS m
    JOIN pg_ts_dict AS d ON d.oid = m.objid
    UNION ALL
    SELECT
        m.kind,
        m.identity,
        concat_ws(' ', p.prsstart, p.prstoken, p.prsend, p.prsheadline, p.prslextype)
    FROM kernel.catalog_members_of(p_schemas, 'pg_ts_parser') AS m
    JOIN pg_ts_parser AS p ON p.oid = m.objid
    UNION ALL
    SELECT m.kind, m.identity, concat_ws(' ', t.tmplinit, t.tmpllexize)
    FROM kernel.catalog_members_of(p_schemas, 'pg_ts_template') AS m
    JOIN pg_ts_template AS t ON t.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_text_search(text[]) IS
'Text search configurations, dictionaries, parsers and templates of some schemas, as rows of a
catalogue snapshot.';
