CREATE OR REPLACE FUNCTION astroloh.refuse_session()
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL SAFE
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'ZD004',
        MESSAGE = 'this dialog can''t go on',
        DETAIL = 'It was ended, is over, or is not one of this person.',
        HINT = 'Begin a new dialog, with an id of its own.';
END;
$$;

COMMENT ON FUNCTION astroloh.refuse_session() IS
'Raises ZD004 SessionClosed: one answer, so that nobody learns of others'' dialogs.';

GRANT EXECUTE ON FUNCTION astroloh.refuse_session() TO astroloh_definer;
