BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(2);

CREATE TEMPORARY VIEW offenders (object, problem) AS
WITH wanted (name, may_log_in) AS (
    VALUES
        ('strongroom_owner', false), ('strongroom_client', false), ('strongroom_migrator', true),
        ('strongroom_login', true), ('strongroom_runner', true), ('strongroom_definer', false)
    UNION ALL
    SELECT app.name || kind.suffix, false
    FROM kernel.app_schemas() AS app (name)
    CROSS JOIN (VALUES ('_app'), ('_worker'), ('_analyst'), ('_definer')) AS kind (suffix)
)
SELECT w.name, 'does not exist'
FROM wanted AS w
WHERE NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = w.name)
UNION ALL
SELECT w.name, problem.text
FROM wanted AS w
JOIN pg_roles AS r ON r.rolname = w.name
CROSS JOIN LATERAL (
    VALUES
        ('is a superuser', r.rolsuper),
        ('bypasses row level security', r.rolbypassrls),
        ('may create roles', r.rolcreaterole),
        ('may replicate', r.rolreplication),
        ('may log in', r.rolcanlogin AND NOT w.may_log_in)
) AS problem (text, is_there)
WHERE problem.is_there
UNION ALL
SELECT w.name, 'has the rights of ' || other.name
FROM wanted AS w
JOIN wanted AS other ON other.name <> w.name AND other.name <> 'strongroom_client'
JOIN pg_roles AS r ON r.rolname = w.name
JOIN pg_roles AS o ON o.rolname = other.name
WHERE pg_has_role(r.oid, o.oid, 'USAGE')
  AND NOT r.rolsuper
  AND NOT (w.name = 'strongroom_owner' AND other.name LIKE '%\_definer');

SELECT is_empty(
    'SELECT object, problem FROM pg_temp.offenders',
    'every role of the kernel and of every app exists, and policies bind each of them'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_app SUPERUSER;
CREATE ROLE probe_worker LOGIN CREATEROLE BYPASSRLS;
CREATE ROLE probe_definer;
GRANT probe_definer TO strongroom_owner, strongroom_login;
CREATE ROLE probe_analyst;
GRANT probe_worker TO probe_analyst;

SELECT set_eq(
    $$SELECT object || ': ' || problem FROM pg_temp.offenders WHERE object ~ 'probe'$$,
    ARRAY[
        'probe_app: is a superuser',
        'probe_worker: may log in',
        'probe_worker: may create roles',
        'probe_worker: bypasses row level security',
        'probe_analyst: has the rights of probe_worker'
    ],
    'the rule finds those who break it, and nobody else'
);

SELECT * FROM finish();
ROLLBACK;
