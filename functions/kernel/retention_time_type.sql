CREATE OR REPLACE FUNCTION kernel.retention_time_type(
    p_relation regclass,
    p_expression text,
    p_columns name[]
)
RETURNS regtype
LANGUAGE sql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT a.atttypid::regtype
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_am AS m ON m.oid = x.relam AND m.amname = 'btree'
    JOIN pg_attribute AS a ON a.attrelid = x.oid AND a.attnum = 1
    WHERE i.indrelid = p_relation
      AND i.indisvalid
      AND pg_get_indexdef(x.oid, 1, false) = p_expression
      -- Of a partial index, one that holds every row a batch could want.
      AND (
          i.indpred IS NULL
          OR pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', p_expression)
          OR pg_get_expr(i.indpred, i.indrelid) = '(' || quote_ident(p_columns[1]) || ' IS NOT NULL)'
      )
    LIMIT 1
$$;

COMMENT ON FUNCTION kernel.retention_time_type(regclass, text, name[]) IS
'The type of an expression that a btree index of the table has as its first key; NULL if none has.
The index may leave out rows without a time, or without a value in the first of the columns that a
policy empties. What PostgreSQL printed is safe to build statements of.';
