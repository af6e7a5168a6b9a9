CREATE OR REPLACE FUNCTION astroloh.tg_move_recommendation()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
BEGIN
    IF NOT (
        OLD.status OPERATOR(pg_catalog.=) 'active'
        OR OLD.status OPERATOR(pg_catalog.=) 'shown'
            AND NEW.status OPERATOR(pg_catalog.=) ANY ('{dismissed,expired}'::text[])
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'ZD006',
            MESSAGE = 'a recommendation can''t take this step',
            DETAIL = pg_catalog.format('From %s to %s.', OLD.status, NEW.status),
            HINT = 'What is active is shown, dismissed or expires; what was shown, the latter two.';
    END IF;
    IF NEW.status OPERATOR(pg_catalog.=) 'shown' THEN
        NEW.shown_at := pg_catalog.now();
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION astroloh.tg_move_recommendation() IS
'Lets a recommendation take the steps of its life, and writes down when it was shown. Raises ZD006
IllegalRecommendationMove.';

CREATE OR REPLACE TRIGGER t20_move
BEFORE UPDATE OF status ON astroloh.recommendations
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION astroloh.tg_move_recommendation();

COMMENT ON TRIGGER t20_move ON astroloh.recommendations IS
'A recommendation takes the steps of its life, and no others.';
