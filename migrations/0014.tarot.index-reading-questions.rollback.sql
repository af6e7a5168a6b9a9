-- For an instant nobody reads or writes readings.

DROP INDEX tarot.readings_question_created_at_idx;
