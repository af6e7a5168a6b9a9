CREATE OR REPLACE FUNCTION kernel.log_access(
    p_subject text,
    p_action text,
    p_columns text[] DEFAULT '{}',
    p_app text DEFAULT NULL
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    c_name CONSTANT text := '^[a-z_][a-z0-9_]{0,62}$';
    c_column CONSTANT text := '^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62}){0,2}$';
    v_app CONSTANT text := coalesce(p_app, nullif(current_setting('kernel.app', true), ''));
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_actor CONSTANT text := nullif(current_setting('kernel.actor', true), '');
    v_request_id CONSTANT text := nullif(current_setting('kernel.request_id', true), '');
    v_reason text;
BEGIN
    v_reason := CASE
        WHEN v_actor IS NULL THEN 'Setting "kernel.actor" does not say who reads.'
        WHEN v_app IS NULL THEN 'Neither the call nor setting "kernel.app" says which app it is of.'
        -- An index has the actor, and an entry that does not fit would stop every seal after it.
        WHEN greatest(length(v_actor), length(v_request_id)) > 200
            THEN 'Actor and request id have at most 200 characters.'
        WHEN to_regnamespace(quote_ident(v_app)) IS NULL
            OR pg_has_role(v_role, 'strongroom_client', 'USAGE')
            AND NOT has_schema_privilege(v_role, to_regnamespace(quote_ident(v_app)), 'USAGE')
            THEN 'The role that reads has no part in this app.'
        WHEN coalesce(length(p_subject), 0) NOT BETWEEN 1 AND 200 THEN 'It does not say whose data.'
        WHEN coalesce(p_action !~ c_name, true) THEN 'The action is no plain word.'
        WHEN p_columns IS NULL OR cardinality(p_columns) > 1600
            OR array_position(p_columns, NULL) IS NOT NULL
            OR EXISTS (SELECT FROM unnest(p_columns) AS c (name) WHERE c.name !~ c_column)
            THEN 'The columns are not all names.'
    END;
    IF v_reason IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR024',
            MESSAGE = 'this reading of personal data can''t be written down',
            DETAIL = v_reason,
            HINT = 'Set the actor of the transaction; pass the user id as text, an action such as'
                ' view_profile, and names of columns, never values.';
    END IF;
    INSERT INTO kernel.audit_inbox (
        app, operation, subject, actor, role, request_id, details
    )
    VALUES (
        v_app, 'ACCESS', p_subject, v_actor,
        v_role, v_request_id,
        jsonb_build_object('action', p_action, 'columns', to_jsonb(p_columns))
    );
END;
$$;

COMMENT ON FUNCTION kernel.log_access(text, text, text[], text) IS
'Writes into the audit log that the actor of this transaction reads data of a person: user id, action
(view_profile, export_data), names of the columns, app (that of the transaction). Call it in the
transaction that reads, before what is read is shown. A role of an app writes down nothing in the name
of another. It takes no values, which would be a copy of personal data that erasure must find.
Raises KR024 UnfitAccessEntry.';

ALTER FUNCTION kernel.log_access(text, text, text[], text) OWNER TO strongroom_definer;
GRANT EXECUTE ON FUNCTION kernel.log_access(text, text, text[], text)
TO strongroom_client, strongroom_runner;
