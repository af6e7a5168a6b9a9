CREATE OR REPLACE FUNCTION kernel.audit_leaf(
    p_batch bigint,
    p_id bigint,
    p_at timestamptz,
    p_transaction_id xid8,
    p_app text,
    p_relation text,
    p_shape_id bigint,
    p_operation text,
    p_key text,
    p_subject text,
    p_actor text,
    p_role text,
    p_request_id text,
    p_old jsonb,
    p_details jsonb,
    p_opening bytea,
    p_commitment bytea
)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
-- JSON, because its text is the same for all settings and versions; the hash of the opening stands
-- for it, so that a leaf is the same when that is erased.
RETURN pg_catalog.sha256(
    '\x00'::bytea || pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(
            p_batch, p_id, p_at AT TIME ZONE 'UTC', p_transaction_id::text, p_app, p_relation,
            p_shape_id, p_operation, p_key, p_subject, p_actor, p_role, p_request_id, p_old::text,
            p_details::text,
            coalesce(pg_catalog.encode(pg_catalog.sha256(p_opening), 'hex'), '')
            || coalesce(pg_catalog.encode(p_commitment, 'hex'), '')
        )::text,
        'UTF8'
    )
);

COMMENT ON FUNCTION kernel.audit_leaf(
    bigint, bigint, timestamptz, xid8, text, text, bigint, text, text, text, text, text, text, jsonb,
    jsonb, bytea, bytea
) IS
'What a seal holds of one entry: SHA-256 of 0x00 and all of its columns as a JSON array.';

GRANT EXECUTE ON FUNCTION kernel.audit_leaf(
    bigint, bigint, timestamptz, xid8, text, text, bigint, text, text, text, text, text, text, jsonb,
    jsonb, bytea, bytea
) TO strongroom_definer;
