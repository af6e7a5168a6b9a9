CREATE OR REPLACE FUNCTION kernel.audit_function_name(p_app text, p_relation text)
RETURNS name
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN CASE
    WHEN p_app IS NULL OR p_relation IS NULL THEN NULL
    WHEN p_app ~ '^[a-z0-9]+(_[a-z0-9]+)*$'
        AND p_relation ~ '^[a-z0-9]+(_[a-z0-9]+)*$'
        AND pg_catalog.length(p_app || p_relation) <= 52
        THEN 'tg_audit_' || p_app || '__' || p_relation
    ELSE 'tg_audit_' || pg_catalog.encode(
        substring(
            pg_catalog.sha256(
                pg_catalog.convert_to(pg_catalog.format('%I.%I', p_app, p_relation), 'UTF8')
            )
            FOR 16
        ),
        'hex'
    )
END::name;

COMMENT ON FUNCTION kernel.audit_function_name(text, text) IS
'How the trigger function is called that audits a table: tg_audit_<app>__<table>, or a hash in place
of names that are long or have other characters, so that no two tables share one.';

GRANT EXECUTE ON FUNCTION kernel.audit_function_name(text, text) TO strongroom_runner, pg_monitor;
