CREATE OR REPLACE FUNCTION kernel.keep_out_erased(p_app text, p_subject text)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Who is gone without a trace may come back under the same id.
    IF NOT kernel.has_tombstone(p_app, p_subject) THEN
        DELETE FROM kernel.erased_subject AS e
        WHERE e.app = p_app AND e.digest = ANY (kernel.subject_digests(p_app, p_subject));
        RETURN;
    END IF;
    PERFORM kernel.refuse_late_writes(p_app);
    PERFORM kernel.note_erased(p_app, p_subject, now());
END;
$$;

COMMENT ON FUNCTION kernel.keep_out_erased(text, text) IS
'At the end of an erasure, with writers kept out: from its commit on nothing is written in the name of
the person, if a tombstone stays. A part of kernel.finish_erasure().';
