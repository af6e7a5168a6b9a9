CREATE OR REPLACE FUNCTION kernel.findings(
    p_only text[] DEFAULT NULL,
    p_with_accepted boolean DEFAULT false
)
RETURNS SETOF kernel.finding
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_check record;
    v_unknown text;
    v_found kernel.finding[] := ARRAY[]::kernel.finding[];
    v_more kernel.finding[];
BEGIN
    SELECT string_agg(wanted.name, ', ')
    INTO v_unknown
    FROM unnest(p_only) AS wanted (name)
    WHERE wanted.name NOT IN (SELECT c.name FROM kernel.checks() AS c);
    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR070',
            MESSAGE = 'no such check',
            DETAIL = format('There is no check %s.', v_unknown),
            HINT = 'SELECT name FROM kernel.checks() lists them.';
    END IF;
    FOR v_check IN
        SELECT c.name, c.schema_name, c.view_name, c.problem
        FROM kernel.checks() AS c
        WHERE p_only IS NULL OR c.name = ANY (p_only)
    LOOP
        IF v_check.problem IS NULL THEN
            v_more := kernel.run_check(v_check.schema_name, v_check.view_name, v_check.name);
        ELSE
            v_more := ARRAY[
                kernel.failed_check(
                    v_check.name,
                    CASE WHEN v_check.problem LIKE 'its columns%' THEN '42P17' ELSE '42501' END,
                    v_check.problem
                )
            ];
        END IF;
        v_found := v_found || ARRAY(
            SELECT ROW(
                f.name, f.title, f.level, f.facing, f.categories, f.description, f.detail,
                f.remediation,
                coalesce(f.metadata, '{}') || jsonb_build_object('check', v_check.name), f.cache_key
            )::kernel.finding
            FROM unnest(v_more) AS f
        );
    END LOOP;
    RETURN QUERY
    SELECT
        f.name, f.title, f.level, f.facing, f.categories, f.description, f.detail, f.remediation,
        f.metadata || CASE
            WHEN a.cache_key IS NULL THEN '{}'
            ELSE jsonb_build_object(
                'accepted',
                jsonb_build_object('reason', a.reason, 'by', a.accepted_by, 'until', a.expires_at)
            )
        END,
        f.cache_key
    FROM unnest(v_found) AS f
    LEFT JOIN kernel.accepted_finding AS a
        ON a.cache_key = f.cache_key AND a.expires_at > CURRENT_TIMESTAMP
    WHERE p_with_accepted OR a.cache_key IS NULL
    ORDER BY array_position(ARRAY['ERROR', 'WARN', 'INFO'], f.level), f.name, f.cache_key;
END;
$$;

COMMENT ON FUNCTION kernel.findings(text[], boolean) IS
'What all checks find, or those of p_only, the gravest first. Findings that kernel.accepted_finding
lets live come only with p_with_accepted, and then say so in metadata. metadata.check is the check
that found it. A check that can''t be run becomes a finding, failed_check. Raises KR070
UnknownCheck.';

GRANT EXECUTE ON FUNCTION kernel.findings(text[], boolean) TO strongroom_runner, pg_monitor;
