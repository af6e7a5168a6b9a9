CREATE OR REPLACE FUNCTION kernel.audit_function_source(p_relation regclass, p_columns jsonb)
RETURNS text
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_key CONSTANT text := kernel.audit_key_value(p_relation, p_columns -> 'key');
    v_hashes CONSTANT text
        := kernel.audit_opening_value(p_relation, p_columns, 'audit_function.v_salt');
    -- What labels the variables that every trigger function has.
    v_name CONSTANT name
        := kernel.audit_function_name(p_columns ->> 'app', p_columns ->> 'relation');
BEGIN
    IF v_name IS NULL THEN
        RETURN NULL;
    END IF;
    -- What the transaction says of itself is cut: a text of some 256 MB would stop every seal.
    -- Every name has an alias or label before it, so that no column can be taken for it; and all
    -- names are put in at once, so that none can be taken for a place where another belongs.
    RETURN format(
        $source$<<audit_function>>
%8$sBEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO kernel.audit_inbox (
            app, relation, shape_id, operation, key, subject, role, actor, request_id
        )
        SELECT
            %1$L, %2$L, %3$s, %10$I.TG_OP, %4$s, %5$s,
            coalesce(nullif(current_setting('role'), 'none'), session_user),
            left(current_setting('kernel.actor', true), 200),
            left(current_setting('kernel.request_id', true), 200)
        FROM audit_new AS audit_row;
        RETURN NULL;
    END IF;
%9$s    INSERT INTO kernel.audit_inbox (
        app, relation, shape_id, operation, key, subject, role, actor, request_id, old, opening
    )
    SELECT
        %1$L, %2$L, %3$s, %10$I.TG_OP, %4$s, %5$s,
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        left(current_setting('kernel.actor', true), 200),
        left(current_setting('kernel.request_id', true), 200),
        %6$s,
        %7$s
    FROM audit_old AS audit_row;
    RETURN NULL;
END;
$source$,
        p_columns ->> 'app',
        p_columns ->> 'relation',
        format('%L::bigint', kernel.audit_shape_id(p_columns)),
        v_key,
        kernel.audit_key_value(p_relation, p_columns -> 'subject'),
        kernel.audit_values(p_relation, p_columns),
        -- Random bytes that can't be computed again from what is stored, so that a guess at a value
        -- can't be tried once they are erased. A random UUID for each row would take twice as long.
        coalesce(
            'substring(sha256(audit_function.v_salt || float8send(random()) || float8send(random()))'
            || E' FOR 16)\n            || ' || v_hashes,
            'NULL'
        ),
        CASE WHEN v_hashes IS NOT NULL THEN E'DECLARE\n    v_salt bytea;\n' END,
        CASE
            WHEN v_hashes IS NOT NULL
                THEN E'    SELECT s.salt INTO STRICT v_salt FROM kernel.audit_salt AS s;\n'
        END,
        v_name
    );
END;
$$;

COMMENT ON FUNCTION kernel.audit_function_source(regclass, jsonb) IS
'The body of the trigger function that audits a table, with the lists of columns baked in: looking
them up, or planning a statement made of text, would cost every writer more than the entry itself.';

GRANT EXECUTE ON FUNCTION kernel.audit_function_source(regclass, jsonb)
TO strongroom_runner, pg_monitor;
