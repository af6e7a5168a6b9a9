-- For an instant nobody reads or writes the cache.

DROP INDEX persona.llm_cache_asked_by_idx;
