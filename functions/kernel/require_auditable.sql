CREATE OR REPLACE FUNCTION kernel.require_auditable(
    p_relation regclass, p_kind "char", p_columns jsonb
)
RETURNS void
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    v_reason text;
    v_remedy text;
BEGIN
    IF p_relation IS NULL OR p_kind NOT IN ('r', 'p') THEN
        v_reason := 'It is no table.';
        v_remedy := 'Audit the tables that it reads.';
    ELSIF p_columns ->> 'app' = 'kernel' AND p_columns ->> 'relation' LIKE 'audit\_%' THEN
        v_reason := 'The audit log can''t watch itself; its seals do.';
        v_remedy := 'Export the seals: kernel.export_audit_root().';
    ELSIF p_kind = 'r' AND EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = p_relation) THEN
        v_reason := 'Tables inherit from it, and what names one of them goes past its triggers.';
        v_remedy := 'Make them partitions, or tables of their own.';
    ELSIF p_columns -> 'key' = '[]' THEN
        v_reason := 'It has no primary key, by which the audit log could follow a row.';
        v_remedy := 'Give it a primary key.';
    ELSIF p_columns -> 'personal_key' <> '[]' THEN
        v_reason := format(
            'Columns of its primary key are personal, or nobody says that they aren''t: %s.',
            (
                SELECT string_agg(quote_ident(k.name), ', ')
                FROM jsonb_array_elements_text(p_columns -> 'personal_key') AS k (name)
            )
        );
        v_remedy := 'Keys stay in the log when a person is erased: give the table a key that says'
            ' nothing, and tag it @internal.';
    ELSE
        RETURN;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'KR021',
        MESSAGE = format('%s can''t be audited', coalesce(p_relation::text, 'NULL')),
        DETAIL = v_reason,
        HINT = v_remedy;
END;
$$;

COMMENT ON FUNCTION kernel.require_auditable(regclass, "char", jsonb) IS
'Refuses what the audit log can''t follow, or could not forget. Raises KR021 NotAuditable.';
