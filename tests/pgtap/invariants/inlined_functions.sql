-- A function that is one expression is written out where it is called: else each call plans and runs a query of its own.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(3);

CREATE FUNCTION pg_temp.plan_of(p_function regprocedure) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_line text;
    v_plan text := '';
    v_call text;
BEGIN
    SELECT format(
        -- What it is given is not known, so the call itself is not worked out beforehand.
        'SELECT %s(%s) FROM (SELECT %s OFFSET 0) AS given',
        p.oid::regproc,
        string_agg('given.a' || a.number, ', ' ORDER BY a.number),
        string_agg('NULL::' || a.type::regtype::text || ' AS a' || a.number, ', ')
    )
    INTO v_call
    FROM pg_proc AS p
    LEFT JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, number) ON true
    WHERE p.oid = p_function
    GROUP BY p.oid;
    FOR v_line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) ' || v_call LOOP
        v_plan := v_plan || v_line || E'\n';
    END LOOP;
    RETURN v_plan;
END;
$$;
CREATE TEMPORARY VIEW expressions AS
SELECT p.oid::regprocedure AS function, p.proname
FROM pg_proc AS p
JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname = 'sql'
WHERE p.pronamespace::regnamespace::text IN (SELECT 'kernel' UNION SELECT kernel.app_schemas())
  AND p.prosqlbody::text !~ 'SUBLINK'
  AND p.prosqlbody::text ~ ':rtable <>'
  AND p.proconfig IS NULL
  AND NOT p.prosecdef
  AND NOT p.proretset
  AND p.prorettype <> 'record'::regtype
  -- What a constraint or an index calls has to say IMMUTABLE, whatever it calls itself.
  AND NOT EXISTS (
      SELECT
      FROM pg_depend AS d
      WHERE d.refclassid = 'pg_proc'::regclass
        AND d.refobjid = p.oid
        AND (
            d.classid = 'pg_constraint'::regclass
            OR d.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM pg_index AS i WHERE i.indexrelid = d.objid)
        )
  );
CREATE TEMPORARY VIEW found AS
SELECT e.function FROM pg_temp.expressions AS e
WHERE strpos(pg_temp.plan_of(e.function), quote_ident(e.proname) || '(') > 0;
SELECT cmp_ok((SELECT count(*) FROM pg_temp.expressions), '>', 20::bigint, 'there are such functions');
SELECT is_empty(
    'SELECT f.function FROM pg_temp.found AS f',
    'none says IMMUTABLE while it calls what is only STABLE, which keeps it from being written out'
);

CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION probe.digest(p_value text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_value, 'UTF8'));
CREATE FUNCTION probe.honest_digest(p_value text) RETURNS bytea LANGUAGE sql STABLE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_value, 'UTF8'));
CREATE FUNCTION probe.checked_digest(p_value text) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN pg_catalog.sha256(pg_catalog.convert_to(p_value, 'UTF8'));
CREATE TABLE probe.texts (value text, CHECK (probe.checked_digest(value) <> ''));
CREATE FUNCTION probe.looked_up(p_value text) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT t.value FROM probe.texts AS t WHERE t.value = p_value);
SELECT set_eq(
    'SELECT f.function::text FROM pg_temp.found AS f', ARRAY['probe.digest(text)'],
    'one that does is found; one that says STABLE, that a constraint calls or that asks a table is not'
);

SELECT * FROM finish();
ROLLBACK;
