CREATE TABLE tarot.readings (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    spread_type text NOT NULL,
    question text,
    cards jsonb NOT NULL,
    interpretation text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    transaction_id bigint,
    CONSTRAINT readings_pkey PRIMARY KEY (user_id, id),
    -- Readings go with the person; the ledger does not.
    CONSTRAINT readings_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES tarot.users (id) ON DELETE CASCADE,
    CONSTRAINT readings_transaction_id_fkey FOREIGN KEY (user_id, transaction_id)
        REFERENCES tarot.transactions (user_id, id) ON DELETE SET NULL (transaction_id),
    CONSTRAINT readings_spread_type_check CHECK (
        spread_type IN (
            'single', 'three', 'celtic', 'relationship', 'career', 'week_ahead', 'monthly_guidance',
            'yearly_path', 'life_path'
        )
    ),
    CONSTRAINT readings_question_length_check CHECK (length(question) BETWEEN 1 AND 2000),
    CONSTRAINT readings_cards_check CHECK (tarot.is_valid_draw(spread_type, cards)),
    CONSTRAINT readings_interpretation_length_check
        CHECK (length(interpretation) BETWEEN 1 AND 20000)
);

-- A payment pays for one reading.
CREATE UNIQUE INDEX readings_transaction_id_idx ON tarot.readings (user_id, transaction_id)
WHERE transaction_id IS NOT NULL;

CREATE INDEX readings_spread_type_created_at_idx ON tarot.readings (spread_type, created_at);

CREATE INDEX readings_created_at_idx ON tarot.readings USING brin (created_at);

-- For retention: what is left to empty.
CREATE INDEX readings_question_created_at_idx ON tarot.readings (created_at)
WHERE question IS NOT NULL;

COMMENT ON TABLE tarot.readings IS
'What was drawn for whom, and what it was said to mean. Newest first is the primary key backwards.
@row Reading
@rows 10M';
COMMENT ON COLUMN tarot.readings.user_id IS
'Who asked.
@internal';
COMMENT ON COLUMN tarot.readings.id IS
'Number of the reading, rising with time.
@internal';
COMMENT ON COLUMN tarot.readings.spread_type IS
'How the cards were laid.
@personal belief
@erase delete';
COMMENT ON COLUMN tarot.readings.question IS
'What the person asked, in their own words; NULL for a reading without a question.
@personal content
@erase delete
@mask presence';
COMMENT ON COLUMN tarot.readings.cards IS
'The cards in the order of their places.
@personal belief
@erase delete
@json tarot.drawn_card[]';
COMMENT ON COLUMN tarot.readings.interpretation IS
'What the bot answered.
@personal content
@erase delete';
COMMENT ON COLUMN tarot.readings.created_at IS
'When the cards were drawn.
@personal activity
@erase delete';
COMMENT ON COLUMN tarot.readings.transaction_id IS
'The movement of credits that paid for it.
@internal';
COMMENT ON CONSTRAINT readings_question_length_check ON tarot.readings IS
'@error QuestionLength A question has 1 to 2,000 characters.';
COMMENT ON CONSTRAINT readings_interpretation_length_check ON tarot.readings IS
'@error InterpretationLength An interpretation has 1 to 20,000 characters.';
COMMENT ON CONSTRAINT readings_cards_check ON tarot.readings IS
'@error InvalidDraw These cards are not a draw for this spread.';

ALTER TABLE tarot.readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.readings FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.readings
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON tarot.readings
AS RESTRICTIVE FOR ALL TO strongroom_owner, tarot_app, tarot_worker, tarot_analyst, tarot_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON tarot.readings
FOR SELECT TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY delete_own ON tarot.readings
FOR DELETE TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY select_worker ON tarot.readings
FOR SELECT TO tarot_worker USING (true);
CREATE POLICY select_definer ON tarot.readings
FOR SELECT TO tarot_definer USING (true);
CREATE POLICY insert_definer ON tarot.readings
FOR INSERT TO tarot_definer WITH CHECK (true);

GRANT SELECT, DELETE ON tarot.readings TO tarot_app;
-- Jobs need to know that there is a reading, not what it says.
GRANT SELECT (user_id, id, spread_type, created_at, transaction_id)
ON tarot.readings TO tarot_worker;
GRANT
    SELECT,
    INSERT (user_id, spread_type, question, cards, interpretation, transaction_id)
ON tarot.readings TO tarot_definer;

-- How many of each spread a person has, without reading them.
SELECT kernel.count('tarot.readings', 'readings_live', '{user_id, spread_type}');

INSERT INTO kernel.retention_policy (
    name, relation, action, columns, time_expression, keep_for, reason
)
VALUES (
    'reading_questions', 'tarot.readings', 'null', '{question}', 'created_at', '2 years',
    'What a person asked in their own words is not needed once the reading is old.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('tarot.readings');
