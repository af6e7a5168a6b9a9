CREATE OR REPLACE FUNCTION kernel.tg_touch_updated_at()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
AS $$
DECLARE
    v_column CONSTANT text := coalesce(TG_ARGV[0], 'updated_at');
    v_generated text[];
BEGIN
    -- The caller's own value does not count as a change.
    IF v_column OPERATOR(pg_catalog.=) 'updated_at' THEN
        NEW.updated_at := OLD.updated_at;
    ELSE
        NEW := pg_catalog.jsonb_populate_record(
            NEW,
            pg_catalog.jsonb_build_object(
                v_column, pg_catalog.to_jsonb(OLD) OPERATOR(pg_catalog.->) v_column
            )
        );
    END IF;
    -- As images, for some types have no equality and others hold 1.0 equal to 1.00.
    IF NEW OPERATOR(pg_catalog.*=) OLD THEN
        RETURN NEW;
    END IF;

    -- Generated columns are not computed yet and stand as NULL, so whole rows always differ.
    IF NOT (NEW IS NOT NULL) THEN
        v_generated := ARRAY(
            SELECT a.attname::text
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid OPERATOR(pg_catalog.=) TG_RELID
              AND a.attgenerated OPERATOR(pg_catalog.<>) ''
        );
        IF v_generated OPERATOR(pg_catalog.<>) '{}'
            AND (pg_catalog.to_jsonb(NEW) OPERATOR(pg_catalog.-) v_generated)::text
                OPERATOR(pg_catalog.=)
                (pg_catalog.to_jsonb(OLD) OPERATOR(pg_catalog.-) v_generated)::text
        THEN
            RETURN NEW;
        END IF;
    END IF;

    IF v_column OPERATOR(pg_catalog.=) 'updated_at' THEN
        NEW.updated_at := pg_catalog.now();
    ELSE
        NEW := pg_catalog.jsonb_populate_record(
            NEW, pg_catalog.jsonb_build_object(v_column, pg_catalog.now())
        );
    END IF;
    RETURN NEW;
END;
$$;

COMMENT ON FUNCTION kernel.tg_touch_updated_at() IS
'BEFORE UPDATE, FOR EACH ROW: puts the time of the transaction into the column named by the
argument (default updated_at) where the row changes, and leaves an unchanged row as it is. A value
that the statement itself gives to the column is ignored.';
