CREATE OR REPLACE FUNCTION kernel.catalog_dependents(p_schemas text[])
RETURNS TABLE (classid oid, objid oid)
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH
    wanted AS (
        SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = ANY (p_schemas)
    ),
    relations AS (
        SELECT c.oid FROM pg_class AS c JOIN wanted AS w ON w.oid = c.relnamespace
    ),
    routines AS (
        SELECT p.oid FROM pg_proc AS p JOIN wanted AS w ON w.oid = p.pronamespace
    )
    SELECT 'pg_trigger'::regclass::oid, t.oid
    FROM pg_trigger AS t
    JOIN relations AS r ON r.oid = t.tgrelid
    WHERE NOT t.tgisinternal
      -- Made where somebody was erased: no source says in which database that is.
      -- As it is made there: one that is switched off, or asks for something else, is a change.
      AND NOT (
          t.tgname = 't05_refuse_erased'
          AND t.tgenabled = 'O'
          AND pg_get_triggerdef(t.oid) ~ ' BEFORE INSERT OR UPDATE ON '
          AND strpos(
              pg_get_triggerdef(t.oid),
              ' FOR EACH STATEMENT WHEN ((current_setting(''kernel.user_id''::text, true)'
              ' <> ''''::text)) EXECUTE FUNCTION kernel.tg_refuse_erased('
          ) > 0
      )
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid
    FROM pg_policy AS p
    JOIN relations AS r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'pg_rewrite'::regclass, e.oid
    FROM pg_rewrite AS e
    JOIN relations AS r ON r.oid = e.ev_class
    WHERE e.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, e.oid
    FROM pg_event_trigger AS e
    JOIN routines AS r ON r.oid = e.evtfoid
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid
    FROM pg_cast AS c
    WHERE c.castfunc IN (SELECT r.oid FROM routines AS r)
       OR EXISTS (
           SELECT
           FROM pg_type AS t
           JOIN wanted AS w ON w.oid = t.typnamespace
           WHERE t.oid IN (c.castsource, c.casttarget)
       )
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid
    FROM pg_publication AS p
    WHERE p.puballtables
       OR p.oid IN (
           SELECT e.prpubid
           FROM pg_publication_rel AS e
           JOIN relations AS r ON r.oid = e.prrelid
       )
       OR p.oid IN (
           SELECT e.pnpubid
           FROM pg_publication_namespace AS e
           JOIN wanted AS w ON w.oid = e.pnnspid
       );
END;
$$;

COMMENT ON FUNCTION kernel.catalog_dependents(text[]) IS
'Objects that are in no schema themselves, and belong to something in some schemas: triggers,
policies, rules, event triggers, casts, publications. Without the triggers of kernel.refuse_late_writes,
which come with the first erasure.';
