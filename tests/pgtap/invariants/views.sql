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
CREATE VIEW probe.by_column WITH (security_barrier = true) AS SELECT 1 AS a;
GRANT SELECT (a) ON probe.by_column TO strongroom_client;
CREATE MATERIALIZED VIEW probe.shown_column AS SELECT 1 AS a;
GRANT SELECT (a) ON probe.shown_column TO probe_analyst WITH GRANT OPTION;
CREATE FOREIGN DATA WRAPPER probe_wrapper;
CREATE SERVER probe_server FOREIGN DATA WRAPPER probe_wrapper;
CREATE FOREIGN TABLE probe.far (a integer) SERVER probe_server;
GRANT SELECT ON probe.far TO strongroom_client;
CREATE FOREIGN TABLE probe.far_hidden (a integer) SERVER probe_server;
-- Elsewhere: what shows rows of ours, and what does not.
CREATE SCHEMA probe_out;
CREATE VIEW probe_out.people AS SELECT u.id FROM tarot.users AS u;
GRANT SELECT ON probe_out.people TO strongroom_client;
CREATE MATERIALIZED VIEW probe_out.kept AS SELECT u.id FROM tarot.users AS u;
GRANT SELECT ON probe_out.kept TO PUBLIC;
CREATE VIEW probe_out.counted WITH (security_barrier = true) AS
SELECT count(*) FROM tarot.users AS u;
GRANT SELECT ON probe_out.counted TO tarot_analyst;
CREATE VIEW probe_out.invoker WITH (security_invoker = true) AS SELECT u.id FROM tarot.users AS u;
GRANT SELECT ON probe_out.invoker TO strongroom_client;
CREATE VIEW probe_out.of_nobody AS SELECT u.id FROM tarot.users AS u;
CREATE VIEW probe_out.theirs AS SELECT 1 AS a;
GRANT SELECT ON probe_out.theirs TO strongroom_client;
CREATE VIEW probe_out.sizes AS SELECT s.table_name FROM kernel.table_sizes AS s;
GRANT SELECT ON probe_out.sizes TO strongroom_client;

SELECT set_eq(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    ARRAY[
        'probe.invoker_off reads with the rights of its owner.',
        'probe.plain reads with the rights of its owner.',
        'probe.for_all reads with the rights of its owner.',
        'probe.for_others reads with the rights of its owner.',
        'probe.shown keeps rows outside row level security, and others may read them.',
        'probe.by_column reads with the rights of its owner.',
        'probe.shown_column keeps rows outside row level security, and others may read them.',
        'probe.far reads rows of another place, which no policy binds, and others may use it.',
        'probe_out.people reads with the rights of its owner.',
        'probe_out.kept keeps rows outside row level security, and others may read them.'
    ],
    'the check finds those who break the rule, and nobody else'
);
SELECT is(pg_temp.mend('view_rights'), 10, 'it says what mends them');
SELECT is_empty(
    $$ SELECT f.detail FROM pg_temp.found AS f WHERE f.cache_key ~ 'probe' $$,
    'and that done, nothing is found'
);

SELECT * FROM finish();
ROLLBACK;
