CREATE OR REPLACE FUNCTION kernel.tg_refuse_erased()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- One id has many spellings in a setting, and policies compare what it means.
    v_subject CONSTANT text := CASE TG_ARGV[0]
        WHEN 'bigint' THEN kernel.user_bigint()::text
        WHEN 'uuid' THEN kernel.user_uuid()::text
        WHEN 'text' THEN current_setting('kernel.user_id')
        ELSE kernel.canonical_subject(TG_TABLE_SCHEMA, current_setting('kernel.user_id'))
    END;
BEGIN
    -- What nearly every statement comes to: one look, in as little as it takes.
    PERFORM FROM kernel.erased_subject AS e
    WHERE e.app = TG_TABLE_SCHEMA::text
      AND e.digest = kernel.subject_digest(TG_TABLE_SCHEMA, v_subject);
    IF FOUND OR TG_ARGV[0] = 'other' THEN
        PERFORM kernel.refuse_erased(TG_TABLE_SCHEMA, v_subject);
    END IF;
    RETURN NULL;
END;
$$;

COMMENT ON FUNCTION kernel.tg_refuse_erased() IS
'BEFORE INSERT OR UPDATE of a table with rows of people, once a statement: refuses to write for a
transaction whose person was erased. Its argument is what the app''s user ids are: kernel.id_kind().
Raises KR104 PersonErased, serialization_failure.';

ALTER FUNCTION kernel.tg_refuse_erased() OWNER TO strongroom_definer;
