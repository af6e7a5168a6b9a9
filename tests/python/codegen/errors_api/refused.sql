CREATE FUNCTION desk.any_of(p_items anyarray) RETURNS integer
LANGUAGE sql AS 'SELECT cardinality(p_items)';
COMMENT ON FUNCTION desk.any_of(anyarray) IS 'Polymorphic.
@api bad :one';

CREATE FUNCTION desk.loose() RETURNS record LANGUAGE sql RETURN ROW(1, 2);
COMMENT ON FUNCTION desk.loose() IS 'A row of nobody knows what.
@api bad :one';

CREATE FUNCTION desk.tg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
COMMENT ON FUNCTION desk.tg() IS '@api bad :one';

CREATE AGGREGATE desk.plus(integer) (SFUNC = int4pl, STYPE = integer);
COMMENT ON AGGREGATE desk.plus(integer) IS '@api bad :one';

CREATE PROCEDURE desk.commits() LANGUAGE plpgsql
AS $$ BEGIN -- 'ROLLBACK'
    COMMIT;
END $$;
COMMENT ON PROCEDURE desk.commits() IS 'It''s one that ends transactions.

@api bad :exec';

CREATE FUNCTION desk.one_value() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.one_value() IS '@api bad :many';

CREATE FUNCTION desk.perhaps() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.perhaps() IS '@api bad :maybe';

CREATE FUNCTION desk.nothing() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
COMMENT ON FUNCTION desk.nothing() IS '@api bad :one';

CREATE FUNCTION desk.set_of() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
COMMENT ON FUNCTION desk.set_of() IS '@api bad :one';

CREATE FUNCTION desk.kinds() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.kinds() IS '@api bad :execrows';

CREATE FUNCTION desk.no_kind() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.no_kind() IS '@api bad';

CREATE FUNCTION desk.strict_one(p_text text) RETURNS text LANGUAGE sql STRICT RETURN p_text;
COMMENT ON FUNCTION desk.strict_one(text) IS 'Strict.
:text?  may it be None
:txt  misspelt
@timout 5s
@api bad :one';

CREATE FUNCTION desk.twelve(
    a integer DEFAULT 1, b integer DEFAULT 1, c integer DEFAULT 1, d integer DEFAULT 1,
    e integer DEFAULT 1, f integer DEFAULT 1
) RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.twelve IS '@given z
@api bad :one';

CREATE FUNCTION desk.six(
    a integer DEFAULT 1, b integer DEFAULT 1, c integer DEFAULT 1, d integer DEFAULT 1,
    e integer DEFAULT 1, f integer DEFAULT 1
) RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.six IS '@api bad :one';

CREATE FUNCTION desk.nameless(integer DEFAULT 1, integer DEFAULT 2) RETURNS integer
LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.nameless IS '@api bad :one';

CREATE FUNCTION desk.middle() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.middle() IS '@api bad :one
And then some words.';

CREATE FUNCTION desk.gone() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.gone() IS '@nonnull vanished
@api types :one';

CREATE FUNCTION desk.twice(p_one integer) RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION desk.twice(p_one text) RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.twice(integer) IS 'First.
@api bad :one';
COMMENT ON FUNCTION desk.twice(text) IS 'Second.
@api bad :one';

CREATE FUNCTION desk.list_tickets() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION desk.list_tickets() IS 'As a query.
@api bad :one';

DO $do$
BEGIN
    CREATE FUNCTION desk.dynamic() RETURNS integer LANGUAGE sql RETURN 1;
    EXECUTE format('COMMENT ON FUNCTION desk.dynamic() IS %L', 'Put together.' || E'\n@api bad :some');
END;
$do$;
