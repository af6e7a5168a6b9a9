CREATE OR REPLACE FUNCTION kernel.audit_link(p_previous bytea, p_seal kernel.audit_seal)
RETURNS bytea
LANGUAGE sql
STABLE
PARALLEL SAFE
RETURN pg_catalog.sha256(
    coalesce(p_previous, '\x'::bytea) || pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(
            (p_seal).batch, (p_seal).sealed_at AT TIME ZONE 'UTC', (p_seal).system_identifier,
            (p_seal).row_count, (p_seal).first_at AT TIME ZONE 'UTC',
            (p_seal).last_at AT TIME ZONE 'UTC', pg_catalog.encode((p_seal).root, 'hex')
        )::text,
        'UTF8'
    )
);

COMMENT ON FUNCTION kernel.audit_link(bytea, kernel.audit_seal) IS
'The chain value of a seal: SHA-256 of that of the batch before (nothing before the first) and all
other columns of the seal as a JSON array.';

GRANT EXECUTE ON FUNCTION kernel.audit_link(bytea, kernel.audit_seal) TO strongroom_definer;
