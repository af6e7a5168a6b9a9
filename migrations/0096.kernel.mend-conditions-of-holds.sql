-- Name the types of held keys as holds do that come later, and ask of a table only what decides about it.
-- depends: 0103.kernel.name-what-checks-find
-- locks: SHARE ROW EXCLUSIVE on kernel.legal_hold, until the end; whoever destroys waits

-- 0095 wrote types as its search_path showed them (citext), kernel.key_types writes them with their schema
-- (public.citext): all rows of the table would be kept, not the one that was named.
ALTER TABLE kernel.legal_hold DISABLE TRIGGER t10_refuse_change;

DO $$
DECLARE
    c_path CONSTANT text := current_setting('search_path');
    v_type record;
BEGIN
    FOR v_type IN
        SELECT DISTINCT held.name, to_regtype(held.name) AS id, format_type(to_regtype(held.name), -1) AS seen_as
        FROM kernel.legal_hold AS h
        CROSS JOIN LATERAL jsonb_each_text(h.key_types) AS held (name_of_column, name)
        WHERE h.released_at IS NULL AND starts_with(held.name, format_type(to_regtype(held.name), -1))
    LOOP
        PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
        UPDATE kernel.legal_hold AS h
        SET key_types = (
            SELECT jsonb_object_agg(
                held.name_of_column,
                CASE
                    WHEN held.name = v_type.name
                        THEN format_type(v_type.id, -1) || substr(held.name, length(v_type.seen_as) + 1)
                    ELSE held.name
                END
            )
            FROM jsonb_each_text(h.key_types) AS held (name_of_column, name)
        )
        WHERE h.released_at IS NULL
          AND format_type(v_type.id, -1) <> v_type.seen_as
          AND EXISTS (SELECT FROM jsonb_each_text(h.key_types) AS held WHERE held.value = v_type.name);
        PERFORM set_config('search_path', c_path, true);
    END LOOP;
END;
$$;

ALTER TABLE kernel.legal_hold ENABLE TRIGGER t10_refuse_change;

-- Asks for the table as well.
-- squawk-ignore ban-drop-function
DROP FUNCTION IF EXISTS kernel.people_conditions(text, regclass);
