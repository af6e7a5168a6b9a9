CREATE OR REPLACE FUNCTION kernel.refuse_erased(p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_role CONSTANT text := coalesce(nullif(current_setting('role'), 'none'), session_user);
    v_erased_at timestamptz;
BEGIN
    SELECT e.erased_at INTO v_erased_at
    FROM kernel.erased_subject AS e
    WHERE e.app = p_app AND e.digest = ANY (kernel.subject_digests(p_app, p_subject))
    ORDER BY e.erased_at
    LIMIT 1;
    -- A worker acts for the app, which may have to return money to who is gone.
    IF NOT FOUND
        OR pg_has_role(v_role, to_regrole(quote_ident(p_app || '_worker')), 'USAGE') IS TRUE
    THEN
        RETURN;
    ELSIF v_erased_at IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'KR104',
            MESSAGE = 'the person of this transaction was erased',
            DETAIL = format('Nothing is written any more in the name of this person of app %I.', p_app),
            HINT = 'End the sessions of the person in the app.';
    ELSIF current_setting('transaction_isolation') <> 'read committed' THEN
        -- Its snapshot may be from before the end of the erasure, and would not show it.
        RAISE serialization_failure USING
            MESSAGE = 'the person of this transaction is being erased',
            DETAIL = 'A transaction that does not see what others commit can''t tell when that ends.',
            HINT = 'Try again, or at READ COMMITTED.';
    END IF;
END;
$$;

COMMENT ON FUNCTION kernel.refuse_erased(text, text) IS
'Refuses to go on for a person (app, user id) who was erased and whose row stays as a tombstone; a
worker of the app may. For definer functions that write of a person into tables without the trigger of
kernel.refuse_late_writes. Raises KR104 PersonErased, serialization_failure.';

GRANT EXECUTE ON FUNCTION kernel.refuse_erased(text, text) TO strongroom_definer;
