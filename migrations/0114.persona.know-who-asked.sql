-- Know whose question an answer answers that everybody may have, so that it goes with them.
-- depends: 0113.persona.find-upcoming
-- locks: ACCESS EXCLUSIVE on persona.llm_cache and SHARE ROW EXCLUSIVE on persona.users, for an instant: a
-- column without a value, rules that look at no row yet

ALTER TABLE persona.llm_cache
    ADD COLUMN asked_by bigint,
    -- What somebody's question made goes with them, whoever may have it.
    ADD CONSTRAINT llm_cache_asked_by_fkey FOREIGN KEY (asked_by)
        REFERENCES persona.users (id) ON DELETE CASCADE NOT VALID,
    ADD CONSTRAINT llm_cache_one_person_check CHECK (num_nonnulls(user_id, asked_by) <= 1) NOT VALID;

COMMENT ON TABLE persona.llm_cache IS
'Answers of language models, to be given again until they expire. An answer is for everybody, or for
one person: then it is found by that person alone, and always ends. Either goes with the person whose
question it answers.
@row CachedAnswer
@rows 10M';
COMMENT ON COLUMN persona.llm_cache.user_id IS
'Whom it was given to; NULL for an answer that everybody may have.
@internal
@subject';
COMMENT ON COLUMN persona.llm_cache.asked_by IS
'Whose question it answers, of an answer that everybody may have; NULL for what a job asked. Shown to
nobody: it is there for the day on which the person leaves.
@internal
@subject';

GRANT INSERT (asked_by), UPDATE (asked_by) ON persona.llm_cache TO persona_definer;
