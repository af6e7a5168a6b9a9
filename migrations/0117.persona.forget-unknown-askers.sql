-- Forget answers that everybody may have and of which nobody knows who asked: they would outlive whom they
-- tell of. They are asked for again.
-- depends: 0116.persona.validate-who-asked
-- transactional: batches
-- batch-size: 5000
-- locks: rows of persona.llm_cache that are deleted

DELETE FROM persona.llm_cache AS a
WHERE a.id IN (
    SELECT o.id
    FROM persona.llm_cache AS o
    WHERE o.user_id IS NULL AND o.asked_by IS NULL
    LIMIT current_setting('strongroom.batch_size')::bigint
    FOR UPDATE
);
