CREATE OR REPLACE FUNCTION kernel.span_to_seal()
RETURNS tstzrange
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_spans CONSTANT nummultirange := (
        SELECT coalesce(range_agg(s.span), '{}')
        FROM kernel.partition_spans('kernel.audit_log') AS s
        WHERE NOT s.is_detaching
    );
    v_at timestamptz;
    v_month timestamp;
BEGIN
    -- One entry whose clock was wrong by years stops no other.
    SELECT i.at INTO v_at
    FROM kernel.audit_inbox AS i
    WHERE v_spans @> EXTRACT(epoch FROM i.at)
    LIMIT 1;
    IF v_at IS NOT NULL THEN
        v_month := date_trunc('month', v_at AT TIME ZONE 'UTC');
        RETURN (
            SELECT tstzrange(
                greatest(v_month AT TIME ZONE 'UTC', to_timestamp(lower(s.span)::float8)),
                least(
                    (v_month + interval '1 month') AT TIME ZONE 'UTC',
                    to_timestamp(upper(s.span)::float8)
                )
            )
            FROM unnest(v_spans) AS s (span)
            WHERE s.span @> EXTRACT(epoch FROM v_at)
        );
    END IF;

    SELECT date_trunc('month', i.at AT TIME ZONE 'UTC') INTO v_month FROM kernel.audit_inbox AS i LIMIT 1;
    -- An error would take along what the same transaction has sealed, so it waits for the next one.
    IF v_month IS NOT NULL
        AND NOT EXISTS (SELECT FROM kernel.audit_seal AS s WHERE s.sealed_at >= now())
    THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            MESSAGE = format(
                'entries of %s wait for their seal, and kernel.audit_log has no partition for them',
                to_char(v_month, 'YYYY-MM')
            ),
            DETAIL = 'Every other entry is sealed. The clock may have been wrong.',
            HINT = format(
                'As strongroom_owner: SELECT kernel.create_partition(''kernel.audit_log'', %L, %s, %s);',
                kernel.partition_name(
                    'audit_log', kernel.partition_suffix(interval '1 month', v_month)
                ),
                EXTRACT(epoch FROM v_month)::bigint,
                EXTRACT(epoch FROM v_month + interval '1 month')::bigint
            );
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.span_to_seal() IS
'Of which time kernel.seal_audit takes entries next: the month of one that waits, as far as partitions
of kernel.audit_log hold it; NULL when none wait. Where no partition holds what waits, an error says
how to make one, unless this transaction has sealed something.';
