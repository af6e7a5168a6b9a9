-- Keep what people asked for two years.
-- depends: 0014.tarot.index-reading-questions
-- locks: none that anyone waits for; a row

INSERT INTO kernel.retention_policy (
    name, relation, action, columns, time_expression, keep_for, reason
)
VALUES (
    'reading_questions', 'tarot.readings', 'null', '{question}', 'created_at', '2 years',
    'What a person asked in their own words is not needed once the reading is old.'
)
ON CONFLICT DO NOTHING;
