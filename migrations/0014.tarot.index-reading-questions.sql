-- Find the questions that retention is to empty, while people draw.
-- depends: 0013.tarot.count-readings
-- transactional: false
-- locks: SHARE UPDATE EXCLUSIVE on tarot.readings, which stops no reader or writer

CREATE INDEX CONCURRENTLY readings_question_created_at_idx ON tarot.readings (created_at)
WHERE question IS NOT NULL;
