-- Does what a check says mends its findings in schema probe, or what else is asked for, wherever that is SQL.
CREATE FUNCTION pg_temp.mend(p_check text, p_of text DEFAULT 'probe') RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_mend text;
    v_count integer := 0;
BEGIN
    FOR v_mend IN EXECUTE format(
        'SELECT DISTINCT f.remediation FROM kernel.%I AS f'
        ' WHERE f.cache_key ~ %L AND f.remediation LIKE ''%%;''', 'check_' || p_check, p_of
    ) LOOP
        -- Tests run in a transaction.
        EXECUTE replace(v_mend, ' CONCURRENTLY', '');
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END;
$$;
