CREATE OR REPLACE FUNCTION kernel.is_value_list(p_relation regclass, p_position smallint)
RETURNS boolean
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
BEGIN
    RETURN (
        SELECT EXISTS (
            SELECT
            FROM pg_attribute AS a
            JOIN pg_constraint AS c
                ON c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum]
                OR c.contypid = a.atttypid AND a.atttypid <> 0
            WHERE a.attrelid = p_relation
              AND a.attnum = p_position
              AND c.contype = 'c'
              AND c.convalidated
              -- Nothing but a list: CHECK (((x)::text = ANY (ARRAY['a'::text, 'b'::text])))
              AND replace(pg_get_constraintdef(c.oid), quote_ident(a.attname), 'VALUE')
                  ~ ('^CHECK \(\(+VALUE\)?(::[a-z ]+)? = ANY \(\(?ARRAY\['
                  || '((''([^'']|'''')*''|-?\d+)(::[a-z ]+)?\)?(::[a-z ]+)?(, )?)+'
                  || '\]\)?(::[a-z ]+\[\])?\)+$')
        )
    );
END;
$$;

COMMENT ON FUNCTION kernel.is_value_list(regclass, smallint) IS
'Whether a CHECK of the column, or of its domain, lists the values that it may have, and says nothing
else. One that is not validated vouches for nothing.';

GRANT EXECUTE ON FUNCTION kernel.is_value_list(regclass, smallint) TO strongroom_runner, pg_monitor;
