CREATE OR REPLACE FUNCTION kernel.type_family(p_type oid)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN n.nspname = 'kernel' AND t.typname = 'sealed' THEN 'sealed'
        WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN CASE
            WHEN kernel.type_family(kernel.base_type(t.typelem)) = 'sealed' THEN 'sealed'
            ELSE 'array'
        END
        WHEN t.typtype = 'e' THEN 'enum'
        WHEN t.typname = 'citext' THEN 'citext'
        WHEN n.nspname <> 'pg_catalog' THEN 'other'
        ELSE (
            SELECT f.family
            FROM (
                VALUES
                    ('boolean', '{bool}'),
                    ('integer', '{int2,int4,int8}'),
                    ('number', '{numeric,float4,float8}'),
                    ('date', '{date,timestamp}'),
                    ('instant', '{timestamptz}'),
                    ('text', '{text,varchar,bpchar}'),
                    ('uuid', '{uuid}'),
                    ('address', '{inet,cidr,macaddr,macaddr8}'),
                    ('json', '{jsonb}')
            ) AS f (family, names)
            WHERE t.typname = ANY (f.names::text[])
            UNION ALL
            SELECT 'other'
            LIMIT 1
        )
    END
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid = p_type
$$;

COMMENT ON FUNCTION kernel.type_family(oid) IS
'What a type is to masking: boolean, integer, number, date (without a zone), instant, text, citext, uuid,
address, json, enum, array, sealed (an envelope, or an array of them) or other. Takes the type below
domains.';

GRANT EXECUTE ON FUNCTION kernel.type_family(oid) TO strongroom_runner, pg_monitor;
