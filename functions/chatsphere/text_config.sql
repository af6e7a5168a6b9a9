CREATE OR REPLACE FUNCTION chatsphere.text_config(p_language text)
RETURNS regconfig
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
RETURN CASE pg_catalog.split_part(p_language, '-', 1)
    WHEN 'en' THEN 'pg_catalog.english'::regconfig
    WHEN 'de' THEN 'pg_catalog.german'::regconfig
    WHEN 'fr' THEN 'pg_catalog.french'::regconfig
    WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
    WHEN 'it' THEN 'pg_catalog.italian'::regconfig
    WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
    WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig
    WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
    WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
    WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig
    ELSE 'pg_catalog.simple'::regconfig
END;

COMMENT ON FUNCTION chatsphere.text_config(text) IS
'How words of a language are cut to their stems; for a language that PostgreSQL has no stems of, as
they are. The words of stored pieces depend on it: change it by a migration.';

GRANT EXECUTE ON FUNCTION chatsphere.text_config(text) TO chatsphere_definer;
