-- Look whether all rows are as the rules of 0114 want them.
-- depends: 0115.persona.find-who-asked
-- locks: SHARE UPDATE EXCLUSIVE on persona.llm_cache, while it is read

ALTER TABLE persona.llm_cache
    VALIDATE CONSTRAINT llm_cache_asked_by_fkey,
    VALIDATE CONSTRAINT llm_cache_one_person_check;
