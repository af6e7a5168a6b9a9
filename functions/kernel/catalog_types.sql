CREATE OR REPLACE FUNCTION kernel.catalog_types(p_schemas text[])
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
            CASE t.typtype
                WHEN 'b' THEN 'base type'
                WHEN 'c' THEN 'composite type'
                WHEN 'd' THEN 'domain over ' || format_type(t.typbasetype, t.typtypmod)
                WHEN 'e' THEN 'enum: ' || (
                    SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                    FROM pg_enum AS e
                    WHERE e.enumtypid = t.oid
                )
                WHEN 'p' THEN 'pseudo-type'
                WHEN 'r' THEN (
                    SELECT concat_ws(
                        ' ', 'range of', format_type(r.rngsubtype, NULL),
                        'class', o.opcname, 'canonical', r.rngcanonical, 'difference', r.rngsubdiff,
                        'multirange', r.rngmultitypid::regtype,
                        'collation', nullif(r.rngcollation, 0)::regcollation
                    )
                    FROM pg_range AS r
                    JOIN pg_opclass AS o ON o.oid = r.rngsubopc
                    WHERE r.rngtypid = t.oid
                )
            END,
            CASE
                WHEN t.typtype = 'b'
                    THEN concat_ws(
                        ' ', t.typinput, t.typoutput, t.typreceive, t.typsend,
                        t.typmodin, t.typmodout, t.typanalyze, t.typsubscript,
                        t.typlen, t.typbyval, t.typalign, t.typstorage,
                        t.typcategory, t.typispreferred, t.typdelim
                    )
            END,
            CASE WHEN t.typnotnull THEN 'NOT NULL' END,
            'default: ' || t.typdefault,
            'collation: ' || nullif(t.typcollation, 0)::regcollation::text,
            'owner: ' || t.typowner::regrole::text,
            'access: ' || kernel.acl_text(t.typacl, 'T', t.typowner)
        )
    FROM kernel.catalog_members_of(p_schemas, 'pg_type') AS m
    JOIN pg_type AS t ON t.oid = m.objid
$$;

COMMENT ON FUNCTION kernel.catalog_types(text[]) IS
'Types and domains of some schemas, as rows of a catalogue snapshot.';
