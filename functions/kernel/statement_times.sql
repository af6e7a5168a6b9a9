CREATE OR REPLACE FUNCTION kernel.statement_times()
RETURNS TABLE (
    query_id bigint,
    role name,
    calls bigint,
    mean_ms double precision,
    total_ms double precision,
    row_count bigint,
    hit_ratio numeric,
    query text
)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_schema name;
BEGIN
    SELECT n.nspname
    INTO v_schema
    FROM pg_extension AS e
    JOIN pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
      -- Created, and loaded by the server.
      AND current_setting('pg_stat_statements.max', true) IS NOT NULL;
    IF v_schema IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        $sql$
            SELECT
                s.queryid,
                r.rolname,
                s.calls,
                s.mean_exec_time,
                s.total_exec_time,
                s.rows,
                round(
                    s.shared_blks_hit::numeric / nullif(s.shared_blks_hit + s.shared_blks_read, 0),
                    4
                ),
                -- Constants of other commands, SELECT INTO too, are kept as they were written.
                CASE
                    WHEN s.query ~* '^\s*(insert|update|delete|merge)\M'
                        OR s.query ~* '^\s*(select|with|values)\M' AND s.query !~* '\minto\M'
                        THEN left(s.query, 1000)
                    ELSE 'a command other than a query'
                END
            FROM %I.pg_stat_statements AS s
            LEFT JOIN pg_roles AS r ON r.oid = s.userid
            WHERE s.dbid = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        $sql$,
        v_schema
    );
END;
$$;

COMMENT ON FUNCTION kernel.statement_times() IS
'What pg_stat_statements counted in this database, one row a statement and role; nothing where the
extension is not there. Text and query id are shown to roles that hold pg_monitor, and to others for
their own statements. Constants are never shown.';

GRANT EXECUTE ON FUNCTION kernel.statement_times() TO strongroom_runner, pg_monitor;
