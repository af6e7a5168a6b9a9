-- Who asked is not known any more.

REVOKE INSERT (asked_by), UPDATE (asked_by) ON persona.llm_cache FROM persona_definer;
ALTER TABLE persona.llm_cache DROP COLUMN asked_by;

COMMENT ON TABLE persona.llm_cache IS
'Answers of language models, to be given again until they expire. An answer is for everybody, or for
one person: then it is found by that person alone, always ends, and goes with the person.
@row CachedAnswer
@rows 10M';
COMMENT ON COLUMN persona.llm_cache.user_id IS
'Whom it was given to; NULL for an answer that everybody may have.
@internal';
