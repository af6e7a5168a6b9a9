-- Find answers by who asked for them, while people ask.
-- depends: 0114.persona.know-who-asked
-- transactional: false
-- locks: SHARE UPDATE EXCLUSIVE on persona.llm_cache, which stops no reader or writer

CREATE INDEX CONCURRENTLY llm_cache_asked_by_idx ON persona.llm_cache (asked_by)
WHERE asked_by IS NOT NULL;
