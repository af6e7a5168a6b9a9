CREATE OR REPLACE FUNCTION kernel.refuse_late_writes(p_app text)
RETURNS integer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_kind CONSTANT text := kernel.id_kind(p_app);
    v_table record;
    v_count integer := 0;
BEGIN
    FOR v_table IN
        SELECT s.relation
        FROM kernel.subject_tables(p_app) AS s
        WHERE NOT EXISTS (
            SELECT FROM pg_trigger AS t
            WHERE t.tgrelid = s.relation
              AND t.tgname = 't05_refuse_erased'
              AND t.tgargs = convert_to(v_kind, 'UTF8') || decode('00', 'hex')
        )
        ORDER BY s.position
    LOOP
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER t05_refuse_erased BEFORE INSERT OR UPDATE ON %s'
            ' FOR EACH STATEMENT WHEN (pg_catalog.current_setting(''kernel.user_id'', true) <> '''')'
            ' EXECUTE FUNCTION kernel.tg_refuse_erased(%L)',
            v_table.relation, v_kind
        );
        EXECUTE format(
            'COMMENT ON TRIGGER t05_refuse_erased ON %s IS'
            ' ''Nothing is written for a person who was erased. Made by an erasure that left a'
            ' tombstone.''',
            v_table.relation
        );
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;

COMMENT ON FUNCTION kernel.refuse_late_writes(text) IS
'Hangs the trigger that keeps erased people from writing at each table of an app that has rows of
people and lacks it, or has it for ids of another kind; how many. Nothing pays for it before somebody
was erased: the end of the first erasure that leaves a tombstone calls this, and the job tend_requests
for tables that came later. Waits 2 s for a table at most. Raises KR110 UnknownApp.';
