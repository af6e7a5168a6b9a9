CREATE OR REPLACE FUNCTION kernel.key_digest(
    p_relation regclass, OUT columns text, OUT digest text
)
RETURNS record
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
BEGIN
    SELECT
        string_agg(format('t.%I AS k%s', a.attname, k.number), ', ' ORDER BY k.number),
        format(
            'sha256(convert_to(string_agg(%s, E''\n'' ORDER BY %s), ''UTF8''))',
            string_agg(format('g.k%s::text', k.number), ' || '','' || ' ORDER BY k.number),
            string_agg(format('g.k%s', k.number), ', ' ORDER BY k.number)
        )
    INTO columns, digest
    FROM pg_index AS i
    CROSS JOIN unnest((i.indkey::int2[])[0:i.indnkeyatts - 1])
        WITH ORDINALITY AS k (attnum, number)
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = p_relation AND i.indisprimary;
END;
$$;

COMMENT ON FUNCTION kernel.key_digest(regclass) IS
'The key of rows t of a table as columns k1, k2, and the digest of such rows g: SHA-256 over a line a
row, the columns of the primary key as text with commas between, sorted. For use at the settings of
kernel.canonical_row_key.';
