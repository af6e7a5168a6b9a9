CREATE OR REPLACE FUNCTION tarot.is_valid_movement(
    p_type text,
    p_amount integer,
    p_credits_before integer,
    p_credits_after integer,
    p_status text,
    p_payment_reference text,
    p_completed_at timestamptz,
    p_error_message text,
    p_account_version integer,
    p_refunds_id bigint
)
RETURNS boolean
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
AS $$
DECLARE
    v_moved CONSTANT boolean := p_status = 'completed' OR p_status = 'refunded';
BEGIN
    RETURN
        -- The sign belongs to the type; a refund undoes either.
        p_amount <> 0
        AND (p_type = 'refund' OR (p_amount < 0) = (p_type = 'reading'))
        AND p_amount BETWEEN -1000000 AND 1000000
        -- What waits or failed moved nothing, everything else exactly its amount.
        AND p_credits_after - p_credits_before = CASE WHEN v_moved THEN p_amount ELSE 0 END
        AND p_credits_before >= 0
        AND p_credits_after >= 0
        -- What moved has its version of the account and its moment; what did not has neither.
        AND (p_account_version IS NOT NULL) = v_moved
        AND (p_completed_at IS NOT NULL) = v_moved
        -- What failed says why, and nothing else does.
        AND (p_error_message IS NOT NULL) = (p_status = 'failed')
        AND (p_error_message IS NULL OR pg_catalog.length(p_error_message) BETWEEN 1 AND 500)
        -- Only purchases wait for somebody outside, who has a name for them.
        AND (v_moved OR p_type = 'purchase')
        AND (p_payment_reference IS NOT NULL) = (p_type = 'purchase')
        AND (
            p_payment_reference IS NULL
            OR pg_catalog.length(p_payment_reference) BETWEEN 1 AND 255
        )
        -- A refund takes one movement back, and neither refunds nor bonuses are taken back.
        AND (p_refunds_id IS NOT NULL) = (p_type = 'refund')
        AND (p_status <> 'refunded' OR p_type = 'purchase' OR p_type = 'reading');
END;
$$;

COMMENT ON FUNCTION tarot.is_valid_movement(
    text, integer, integer, integer, text, text, timestamptz, text, integer, bigint
) IS
'Whether a row of the ledger agrees with itself: signs, arithmetic, and what belongs to its type and
status.';

GRANT EXECUTE ON FUNCTION tarot.is_valid_movement(
    text, integer, integer, integer, text, text, timestamptz, text, integer, bigint
) TO tarot_definer;
