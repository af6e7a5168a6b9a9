CREATE OR REPLACE FUNCTION tarot.refuse_transition(p_from text, p_to text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'TR004',
        MESSAGE = 'a transaction can''t take this step',
        DETAIL = pg_catalog.format(
            'From %s to %s.', coalesce(p_from, 'nothing'), coalesce(p_to, 'NULL')
        ),
        HINT = 'New to pending or completed, pending to completed or failed; refunds are rows of '
            'their own. Money that comes after a purchase failed is returned by the provider or '
            'booked as a new purchase.';
END;
$$;

COMMENT ON FUNCTION tarot.refuse_transition(text, text) IS
'Raises TR004 IllegalTransition.';

GRANT EXECUTE ON FUNCTION tarot.refuse_transition(text, text) TO tarot_definer;
