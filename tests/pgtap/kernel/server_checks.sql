-- The checks of the server's state, as far as one transaction can bring the state about.
BEGIN;
SET LOCAL search_path = pgtap, pg_catalog;
SELECT plan(49);

CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE FUNCTION pg_temp.found(p_check text, p_of text DEFAULT '') RETURNS text[]
LANGUAGE sql
RETURN ARRAY(
    SELECT f.level || ' ' || f.cache_key
    FROM kernel.findings(ARRAY[p_check]) AS f
    WHERE f.cache_key ~ p_of
);
CREATE FUNCTION pg_temp.tune(p_check text, p_warn numeric, p_error numeric) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO kernel.health_threshold (check_name, warn, error) VALUES (p_check, p_warn, p_error)
    ON CONFLICT (check_name) DO UPDATE SET warn = p_warn, error = p_error
$$;

-- Sequences.
CREATE TABLE probe.small (id smallint GENERATED ALWAYS AS IDENTITY);
CREATE TABLE probe.plain (id integer);
CREATE SEQUENCE probe.wide OWNED BY probe.plain.id;
CREATE SEQUENCE probe.down INCREMENT BY -1 MINVALUE -100 MAXVALUE -1;
CREATE SEQUENCE probe.round MAXVALUE 100 CYCLE;
CREATE SEQUENCE probe.fresh;
ALTER SCHEMA probe OWNER TO strongroom_owner;
ALTER TABLE probe.small OWNER TO strongroom_owner;
ALTER TABLE probe.plain OWNER TO strongroom_owner;
ALTER SEQUENCE probe.down OWNER TO strongroom_owner;
ALTER SEQUENCE probe.round OWNER TO strongroom_owner;
SELECT setval('probe.small_id_seq', 22000), setval('probe.wide', 2000000000),
    setval('probe.down', -95), setval('probe.round', 99);
SELECT is(pg_temp.found('sequence_use', 'small'), '{}', 'two thirds of a sequence are no matter');
SELECT setval('probe.small_id_seq', 23000);
SELECT is(
    pg_temp.found('sequence_use', 'probe'),
    ARRAY[
        'ERROR sequence_use:probe.down', 'ERROR sequence_use:probe.wide',
        'WARN sequence_use:probe.small_id_seq'
    ],
    'sequences that run out, be it at the bound of their column; those that go round do not'
);
SELECT pg_temp.tune('sequence_use', 99, NULL);
SELECT is(
    pg_temp.found('sequence_use', 'probe'), '{}', 'a DBA may want to hear of it later'
);
DELETE FROM kernel.health_threshold;
-- One that fills a column without belonging to it, and a domain over a narrow type.
CREATE SEQUENCE probe.lent;
CREATE TABLE probe.borrows (id integer DEFAULT nextval('probe.lent'));
CREATE DOMAIN probe.number AS integer;
CREATE TABLE probe.numbered (id probe.number);
CREATE SEQUENCE probe.of_domain OWNED BY probe.numbered.id;
CREATE SEQUENCE probe.roomy;
ALTER TABLE probe.numbered OWNER TO strongroom_owner;
ALTER SEQUENCE probe.lent OWNER TO strongroom_owner;
ALTER SEQUENCE probe.roomy OWNER TO strongroom_owner;
SELECT setval('probe.lent', 2000000000), setval('probe.of_domain', 2000000000),
    setval('probe.roomy', 2000000000);
SELECT is(
    pg_temp.found('sequence_use', 'probe.(lent|of_domain|roomy)'),
    ARRAY['ERROR sequence_use:probe.lent', 'ERROR sequence_use:probe.of_domain'],
    'the narrowest column that a sequence fills says where it ends'
);

-- Ages.
SELECT is(pg_temp.found('transaction_id_age'), '{}', 'a young server has young transaction ids');
SELECT pg_temp.tune('transaction_id_age', 0, NULL);
SELECT ok(
    format('WARN transaction_id_age:%I:transaction id', current_database())
        = ANY (pg_temp.found('transaction_id_age')),
    'an old one is told of, by database'
);
SELECT ok(
    format('WARN transaction_id_age:%I:multixact id', current_database())
        = ANY (pg_temp.found('transaction_id_age')),
    'and so are multixact ids'
);
SELECT pg_temp.tune('transaction_id_age', NULL, 0);
SELECT is(pg_temp.found('transaction_id_age'), '{}', 'an ERROR is a WARN first');

-- Connections.
SELECT is(pg_temp.found('connections'), '{}', 'there is room for connections');
SELECT pg_temp.tune('connections', 0, NULL);
SELECT is(pg_temp.found('connections'), ARRAY['WARN connections'], '[C-43] or there is not');
SELECT pg_temp.tune('connections', 0, 0);
SELECT is(pg_temp.found('connections'), ARRAY['ERROR connections'], 'or hardly any');

-- Sizes: what the catalogue says of them is written into it.
CREATE TABLE probe.big (a bigint, b bigint);
CREATE TABLE probe.texts (a bigint, b text);
CREATE INDEX big_a_idx ON probe.big (a);
SELECT is(pg_temp.found('bloat', 'probe'), '{}', 'an empty table has no bloat');
UPDATE pg_class SET relpages = 60000, reltuples = 10000000 WHERE relname IN ('big', 'texts');
UPDATE pg_class SET relpages = 30000, reltuples = 10000000 WHERE relname = 'big_a_idx';
SELECT is(pg_temp.found('bloat', 'probe'), '{}', 'ten million rows may have half a gigabyte');
UPDATE pg_class SET reltuples = 3000000 WHERE relname IN ('big', 'texts');
UPDATE pg_class SET reltuples = 1000000 WHERE relname = 'big_a_idx';
SELECT is(
    pg_temp.found('bloat', 'probe'),
    ARRAY['ERROR bloat:probe.big_a_idx', 'WARN bloat:probe.big'],
    'three million may not; columns of unknown width are left out'
);
SELECT alike(
    (SELECT f.detail FROM kernel.findings(ARRAY['bloat']) AS f WHERE f.cache_key ~ 'big$'),
    'Table probe.big: about 3__ MB of 469 MB is not needed (an estimate).',
    'it says that this is an estimate'
);
INSERT INTO probe.texts SELECT n, repeat('x', 100) FROM generate_series(1, 1000) AS n;
ANALYZE probe.texts;
UPDATE pg_class SET relpages = 60000, reltuples = 1000000 WHERE relname = 'texts';
SELECT is(
    pg_temp.found('bloat', 'texts'), ARRAY['WARN bloat:probe.texts'],
    'they count where statistics tell their width'
);
SELECT is(
    pg_temp.found('unused_index', 'probe'), ARRAY['INFO unused_index:probe.big_a_idx'],
    '[A-F31] a large index that nothing used'
);
UPDATE pg_class SET relpages = 100 WHERE relname = 'big_a_idx';
SELECT is(pg_temp.found('unused_index', 'probe'), '{}', 'a small one is no matter');

-- Settings, as this session has them.
SET LOCAL synchronous_commit = on;
SET LOCAL row_security = on;
SELECT is(
    pg_temp.found('settings', 'synchronous_commit|row_security|log_|zero'), '{}', 'sound settings'
);
SET LOCAL synchronous_commit = off;
SET LOCAL zero_damaged_pages = on;
SET LOCAL log_statement = 'all';
SET LOCAL log_min_duration_statement = 1000;
SELECT is(
    pg_temp.found('settings', 'synchronous_commit|row_security|log_|zero'),
    ARRAY[
        'ERROR settings:zero_damaged_pages', 'WARN settings:log_parameter_max_length',
        'WARN settings:log_statement', 'WARN settings:synchronous_commit'
    ],
    'settings that lose data, or write it into the log'
);
SET LOCAL log_parameter_max_length = 0;
SET LOCAL log_statement = 'ddl';
SELECT is(
    pg_temp.found('settings', 'log_'), '{}', 'slow statements may be logged without parameters'
);
SET LOCAL row_security = off;
SELECT is(pg_temp.found('settings', 'row'), ARRAY['WARN settings:row_security'], 'no policies');
SET LOCAL row_security = on;
-- What others have for themselves.
CREATE ROLE probe_loader;
CREATE ROLE probe_writer;
ALTER ROLE probe_writer SET synchronous_commit = No;
ALTER ROLE probe_loader SET session_replication_role = replica;
ALTER ROLE probe_loader SET row_security = false;
ALTER ROLE probe_loader SET synchronous_commit = on;
ALTER ROLE probe_loader IN DATABASE postgres SET log_statement = 'all';
DO $$
BEGIN
    EXECUTE format(
        'ALTER ROLE probe_loader IN DATABASE %I SET log_parameter_max_length_on_error = ''1kB''',
        current_database()
    );
END;
$$;
SELECT is(
    pg_temp.found('settings', 'probe'),
    ARRAY[
        'ERROR settings:session_replication_role:ROLE probe_loader',
        'WARN settings:log_parameter_max_length_on_error:ROLE probe_loader IN DATABASE '
        || quote_ident(current_database()),
        'WARN settings:row_security:ROLE probe_loader',
        'WARN settings:synchronous_commit:ROLE probe_writer'
    ],
    'a role or a database may have them for itself'
);
SELECT lives_ok(
    (
        SELECT string_agg(f.remediation, ' ')
        FROM kernel.findings(ARRAY['settings']) AS f
        WHERE f.cache_key ~ 'probe'
    ),
    'it says what takes them back'
);
SELECT is(pg_temp.found('settings', 'probe'), '{}', 'and that done, they are as everywhere');

-- Roles.
CREATE ROLE probe_backup BYPASSRLS;
CREATE ROLE probe_admin SUPERUSER;
CREATE ROLE probe_reader;
SELECT is(
    pg_temp.found('unbound_role', 'probe'),
    ARRAY['INFO unbound_role:probe_admin', 'INFO unbound_role:probe_backup'],
    'roles that policies do not bind'
);
SELECT lives_ok(
    (
        SELECT string_agg(f.remediation, ' ')
        FROM kernel.findings(ARRAY['unbound_role']) AS f
        WHERE f.cache_key ~ 'probe'
    ),
    'it says what binds them'
);
SELECT is(pg_temp.found('unbound_role', 'probe'), '{}', 'and that done, they are bound');

-- What is not there.
SELECT is(pg_temp.found('prepared_transaction'), '{}', 'no forgotten prepared transaction');
SELECT is(pg_temp.found('replication_lag'), '{}', 'no standby lags');
SELECT is(pg_temp.found('cache_hit'), '{}', 'too few reads say nothing of the cache');
SELECT is(pg_temp.found('dead_rows', 'probe'), '{}', 'small tables have no dead rows');
SELECT is(pg_temp.found('stale_statistics', 'probe'), '{}', 'nor stale statistics');
SELECT is(
    pg_temp.found('slow_statement'), ARRAY['INFO slow_statement:unknown'],
    'without pg_stat_statements one INFO says so'
);
SELECT is_empty('SELECT * FROM kernel.slow_statements', 'and nothing is called slow');

-- Thresholds.
SELECT throws_ok(
    $$ INSERT INTO kernel.health_threshold (check_name, warn) VALUES ('never', 1) $$, '23514', NULL,
    'a threshold belongs to a check that reads it'
);
SELECT throws_ok(
    $$ INSERT INTO kernel.health_threshold (check_name) VALUES ('bloat') $$, '23514', NULL,
    'it says something'
);
SELECT throws_ok(
    $$ INSERT INTO kernel.health_threshold (check_name, warn) VALUES ('bloat', -1) $$, '23514',
    NULL, 'nothing below zero'
);
SELECT set_eq(
    $$
        SELECT substr(c.relname, length('check_') + 1)
        FROM pg_class AS c
        WHERE c.relkind = 'v' AND c.relnamespace = 'kernel'::regnamespace
          AND pg_get_viewdef(c.oid) LIKE '%health_threshold%'
    $$,
    $$
        SELECT allowed.name[1]
        FROM pg_constraint AS k
        CROSS JOIN regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''', 'g') AS allowed (name)
        WHERE k.conname = 'health_threshold_check_name_check'
    $$,
    'those that may be set are those that are read'
);

-- Who may: role, command, table.
CREATE FUNCTION pg_temp.refused(p_role text, p_statement text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM set_config('role', p_role, true);
    EXECUTE p_statement;
    RESET ROLE;
    RETURN 'allowed';
EXCEPTION
    WHEN insufficient_privilege THEN
        RETURN 'refused';
END;
$$;
SELECT set_eq(
    $$
        SELECT r.name || ' ' || s.what
        FROM unnest(ARRAY[
            'strongroom_owner', 'strongroom_runner', 'pg_monitor', 'strongroom_definer',
            'strongroom_login', 'strongroom_client', 'tarot_app', 'tarot_worker', 'tarot_analyst',
            'tarot_definer'
        ]) AS r (name)
        CROSS JOIN (
            VALUES
                ('reads thresholds', 'SELECT * FROM kernel.health_threshold'),
                ('reads acceptances', 'SELECT * FROM kernel.accepted_finding'),
                ('reads a check', 'SELECT * FROM kernel.check_bloat'),
                ('reads sizes', 'SELECT * FROM kernel.table_sizes'),
                ('asks', 'SELECT * FROM kernel.findings()'),
                ('sees sequences', 'SELECT * FROM kernel.sequence_use()'),
                ('tunes', 'DELETE FROM kernel.health_threshold'),
                ('accepts', 'INSERT INTO kernel.accepted_finding (cache_key, reason, expires_at)'
                    ' VALUES (''x'', ''for this test'', ''2999-01-01'')'
                    ' ON CONFLICT DO NOTHING'),
                ('empties', 'TRUNCATE kernel.accepted_finding')
        ) AS s (what, statement)
        WHERE pg_temp.refused(r.name, s.statement) = 'allowed'
    $$,
    ARRAY[
        'strongroom_owner reads thresholds', 'strongroom_owner reads acceptances',
        'strongroom_owner reads a check', 'strongroom_owner reads sizes', 'strongroom_owner asks',
        'strongroom_owner sees sequences', 'strongroom_owner tunes', 'strongroom_owner accepts',
        'strongroom_owner empties',
        'strongroom_runner reads thresholds', 'strongroom_runner reads acceptances',
        'strongroom_runner reads a check', 'strongroom_runner reads sizes',
        'strongroom_runner asks', 'strongroom_runner sees sequences',
        'pg_monitor reads thresholds', 'pg_monitor reads acceptances', 'pg_monitor reads a check',
        'pg_monitor reads sizes', 'pg_monitor asks'
    ],
    'the runner and monitoring read; only the owner accepts and tunes; apps see nothing'
);

-- What a role does not see, it is told.
SET LOCAL ROLE strongroom_runner;
SELECT is(
    pg_temp.found('limited_sight', 'sessions'), ARRAY['INFO limited_sight:sessions'],
    'a role without pg_monitor is told that it does not see sessions'
);
SELECT is(
    pg_temp.found('limited_sight', 'widths'), '{}', 'nor that of statistics, without a large table'
);
RESET ROLE;
SELECT is(pg_temp.found('limited_sight'), '{}', 'a superuser sees everything');

-- Views to look further.
CREATE TABLE probe.root (a bigint PRIMARY KEY) PARTITION BY RANGE (a);
CREATE TABLE probe.part_1 PARTITION OF probe.root FOR VALUES FROM (0) TO (100);
CREATE TABLE probe.part_2 PARTITION OF probe.root FOR VALUES FROM (100) TO (20000);
INSERT INTO probe.root SELECT n FROM generate_series(1, 10000) AS n;
ANALYZE probe.root;
SELECT is(
    (
        SELECT ROW(t.partition_count, t.row_estimate, t.total_bytes = t.table_bytes + t.index_bytes)
        FROM kernel.table_sizes AS t
        WHERE t.schema_name = 'probe' AND t.table_name = 'root'
    ),
    ROW(2::bigint, 10000::bigint, true), '[A-35] partitions count for their root'
);
SELECT is(
    (
        SELECT array_agg(t.total_bytes) = array_agg(t.total_bytes ORDER BY t.total_bytes DESC)
        FROM kernel.table_sizes AS t
    ),
    true, '[A-35] the largest table comes first'
);
SELECT is(
    (
        SELECT ROW(s.distinct_estimate, s.order_correlation, s.null_fraction)
        FROM kernel.column_statistics AS s
        WHERE s.schema_name = 'probe' AND s.table_name = 'part_2'
    ),
    ROW(9901::numeric, 1::real, 0::real), '[A-34] how selective and how ordered a column is'
);
SELECT ok(
    EXISTS (
        SELECT FROM kernel.index_use AS i WHERE i.index_name = 'part_2_pkey' AND i.bytes > 0
    ),
    '[A-F31] how often an index was used, by the statistics of indexes'
);
SELECT ok(
    (
        SELECT s.answered_at > s.started_at AND NOT s.is_standby AND s.replay_lag IS NULL
            AND s.connections BETWEEN 1 AND s.connection_limit AND s.hit_ratio BETWEEN 0 AND 1
            AND s.database_bytes > 0
        FROM kernel.server_state AS s
    ),
    '[C-43] that the server answers, and how it is'
);
SELECT is(
    ARRAY(
        SELECT a.attname::text
        FROM pg_attribute AS a
        WHERE a.attrelid = 'kernel.slow_statements'::regclass AND a.attnum > 0
        ORDER BY a.attnum
    ) @> ARRAY['query', 'mean_ms', 'calls', 'total_ms'],
    true, '[A-33] slow statements have a mean, a number of calls and a total'
);

SELECT * FROM finish();
ROLLBACK;
