CREATE OR REPLACE FUNCTION kernel.require_hold_target(
    p_reason text,
    p_app text,
    p_subject text,
    p_table text,
    p_row_key jsonb
)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_problem text := CASE
        WHEN coalesce(btrim(p_reason), '') = '' THEN 'a hold needs a reason'
        WHEN length(p_reason) > 2000 THEN 'the reason of a hold has at most 2,000 characters'
        WHEN num_nulls(p_app, p_subject) = 1 THEN 'a person is an app and a user id'
        WHEN num_nonnulls(p_subject, p_table) <> 1
            THEN 'a hold is on a person, or on a table, or on a row of a table'
        WHEN p_row_key IS NOT NULL AND p_table IS NULL THEN 'a row is of a table'
        WHEN jsonb_typeof(p_row_key) <> 'object'
            THEN 'the key of a row is an object of columns and values'
    END;
    v_kind "char";
BEGIN
    IF p_table IS NOT NULL THEN
        BEGIN
            SELECT c.relkind
            INTO v_kind
            FROM pg_class AS c
            JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass(p_table) AND n.nspname IN (SELECT kernel.guarded_schemas());
        EXCEPTION
            -- What is no name at all, or one of too many parts.
            WHEN syntax_error OR invalid_name OR feature_not_supported THEN
                v_kind := NULL;
        END;
        IF coalesce(v_kind, ' ') NOT IN ('r', 'p') THEN
            v_problem := coalesce(v_problem, format('there is no table %s in an app', p_table));
        END IF;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR041',
            MESSAGE = v_problem,
            HINT = 'Pass p_reason, and p_app with p_subject, or p_table with its schema, or'
                ' p_table with p_row_key.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.require_hold_target(text, text, text, text, jsonb) IS
'Raises KR041 InvalidHold unless the arguments name a reason and one thing to hold.';
