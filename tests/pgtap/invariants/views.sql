BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(4);

\ir _mend.sql
CREATE TEMPORARY VIEW found AS
SELECT f.cache_key, f.detail, f.level FROM kernel.check_view_rights AS f;

SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.level <> 'INFO' $$,
    'every view reads with the rights of its reader, or is a barrier for analysts alone'
);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE ROLE probe_analyst;
CREATE ROLE other_analyst;
CREATE VIEW probe.invoker WITH (security_invoker = true) AS SELECT 1 AS a;
CREATE VIEW probe.invoker_off WITH (security_invoker = false) AS SELECT 1 AS a;
CREATE VIEW probe.plain AS SELECT 1 AS a;
GRANT SELECT ON probe.plain TO probe_analyst;
CREATE VIEW probe.counted WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.counted TO probe_analyst;
CREATE VIEW probe.for_all WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.for_all TO probe_analyst, strongroom_client;
CREATE VIEW probe.for_others WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT ON probe.for_others TO other_analyst;
CREATE MATERIALIZED VIEW probe.hidden AS SELECT 1 AS a;
CREATE MATERIALIZED VIEW probe.shown AS SELECT 1 AS a;
GRANT SELECT ON probe.shown TO probe_analyst;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.invoker_off reads with the rights of its owner.',
        'probe.plain reads with the rights of its owner.',
        'probe.for_all reads with the rights of its owner.',
        'probe.for_others reads with the rights of its owner.',
        'probe.shown keeps rows outside row level security, and others may read them.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('view_rights'), 5, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
