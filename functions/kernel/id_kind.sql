CREATE OR REPLACE FUNCTION kernel.id_kind(p_app text)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        min(CASE
            WHEN b.type = ANY ('{int2,int4,int8}'::regtype[]) THEN 'bigint'
            WHEN b.type = 'uuid'::regtype THEN 'uuid'
        END),
        min(CASE
            WHEN l.collisdeterministic IS FALSE
                OR b.type <> ALL ('{text,varchar,name}'::regtype[]) THEN 'other'
        END),
        'text'
    )
    FROM kernel.subject_tables(p_app) AS s
    CROSS JOIN kernel.subject_columns(s.relation) AS u (name)
    JOIN pg_attribute AS a ON a.attrelid = s.relation AND a.attname = u.name
    CROSS JOIN LATERAL (SELECT kernel.base_type(a.atttypid)) AS b (type)
    LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
$$;

COMMENT ON FUNCTION kernel.id_kind(text) IS
'What the user ids of an app are: bigint (any whole number), uuid, text, or other, where ids are equal
that are written differently. Raises KR110 UnknownApp.';
