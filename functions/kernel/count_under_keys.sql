CREATE OR REPLACE FUNCTION kernel.count_under_keys(
    p_relation regclass, p_column name, p_is_index boolean
)
RETURNS text
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(
        CASE
            WHEN p_is_index THEN
                'SELECT count(*) FROM %1$s AS t'
                ' JOIN kernel.encryption_key AS k ON decode(lpad(to_hex(k.version), 4, ''0''), ''hex'')'
                ' = substring(t.%2$I FROM 1 FOR 2)'
                ' WHERE k.app = $1 AND k.purpose = $2 AND k.state LIKE ''retir%%'''
                ' AND octet_length(t.%2$I) = 34'
            ELSE
                'SELECT count(*) FROM %1$s AS t'
                ' JOIN kernel.subject_key AS k ON k.id = kernel.sealed_key_id(t.%2$I)'
                ' WHERE k.app = $1 AND k.purpose = $2 AND k.replaced_at IS NOT NULL'
        END,
        p_relation, p_column
    )
$$;

COMMENT ON FUNCTION kernel.count_under_keys(regclass, name, boolean) IS
'A query for how many values of a column are under data keys that were replaced, or, of a blind index,
under a key that is not the active one. Its parameters are the app and the purpose.';
