-- Decisions, matches, and what matched people write.
-- depends: 0161.saltbitter.create-profiles
-- locks: SHARE ROW EXCLUSIVE on saltbitter.users, for an instant: foreign keys

CREATE TABLE saltbitter.decisions (
    user_id uuid NOT NULL,
    target_id uuid NOT NULL,
    decision text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT decisions_pkey PRIMARY KEY (user_id, target_id),
    CONSTRAINT decisions_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT decisions_target_id_fkey FOREIGN KEY (target_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT decisions_different_users_check CHECK (user_id <> target_id),
    CONSTRAINT decisions_decision_check CHECK (decision IN ('liked', 'passed'))
);

CREATE INDEX decisions_target_id_idx ON saltbitter.decisions (target_id, user_id);

COMMENT ON TABLE saltbitter.decisions IS
'Who likes or passes whom: one decision a person about a person, seen by nobody else. Belongs to
both, so it goes with the first of them. Two likes make a match.
@row Decision
@rows 10M';
COMMENT ON COLUMN saltbitter.decisions.user_id IS
'Who decided.
@internal
@subject';
COMMENT ON COLUMN saltbitter.decisions.target_id IS
'About whom.
@internal
@subject';
COMMENT ON COLUMN saltbitter.decisions.decision IS
'liked: wants to meet. passed: does not.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.decisions.created_at IS
'When.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT decisions_different_users_check ON saltbitter.decisions IS
'@error DecidedOnOneself Nobody decides on themselves.';

ALTER TABLE saltbitter.decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.decisions
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.decisions
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON saltbitter.decisions
FOR SELECT TO saltbitter_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_definer ON saltbitter.decisions
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.decisions
FOR INSERT TO saltbitter_definer WITH CHECK (user_id = kernel.user_uuid());

GRANT SELECT ON saltbitter.decisions TO saltbitter_app;
GRANT SELECT, INSERT (user_id, target_id, decision) ON saltbitter.decisions TO saltbitter_definer;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.decisions');

CREATE TABLE saltbitter.matches (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_a_id uuid NOT NULL,
    user_b_id uuid NOT NULL,
    compatibility_score numeric(5, 2),
    status text NOT NULL DEFAULT 'pending',
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    matched_at timestamptz,
    CONSTRAINT matches_pkey PRIMARY KEY (id),
    CONSTRAINT matches_user_a_id_user_b_id_key UNIQUE (user_a_id, user_b_id),
    CONSTRAINT matches_user_a_id_fkey FOREIGN KEY (user_a_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    CONSTRAINT matches_user_b_id_fkey FOREIGN KEY (user_b_id)
        REFERENCES saltbitter.users (id) ON DELETE CASCADE,
    -- In order, so that (a, b) and (b, a) are one pair, and nobody is paired with themselves.
    CONSTRAINT matches_different_users_check CHECK (user_a_id < user_b_id),
    CONSTRAINT matches_valid_score_check CHECK (compatibility_score BETWEEN 0 AND 100),
    CONSTRAINT matches_status_check
        CHECK (status IN ('pending', 'liked', 'passed', 'matched', 'unmatched')),
    CONSTRAINT matches_matched_at_check
        CHECK ((status IN ('matched', 'unmatched')) = (matched_at IS NOT NULL))
);

CREATE INDEX matches_user_b_id_idx ON saltbitter.matches (user_b_id, status);

CREATE INDEX matches_user_a_id_idx ON saltbitter.matches (user_a_id, status);

COMMENT ON TABLE saltbitter.matches IS
'Pairs of people, each pair once, the smaller id first: how well they fit, and what came of their
decisions. A pair is theirs, so it goes with the first of them. People see a pair once they are
matched; who was liked or passed does not learn it.
@row Match
@rows 10M';
COMMENT ON COLUMN saltbitter.matches.id IS
'The pair.
@internal';
COMMENT ON COLUMN saltbitter.matches.user_a_id IS
'One of them.
@internal
@subject';
COMMENT ON COLUMN saltbitter.matches.user_b_id IS
'The other.
@internal
@subject';
COMMENT ON COLUMN saltbitter.matches.compatibility_score IS
'How well they fit, from 0 to 100; NULL where nobody has worked it out.
@personal preference
@erase delete';
COMMENT ON COLUMN saltbitter.matches.status IS
'Follows from decisions. pending: nobody has decided. liked: one likes the other, who has not
decided. passed: one of them passed. matched: both like each other. unmatched: matched, until one
of them left.
@personal preference
@erase delete
@mask keep';
COMMENT ON COLUMN saltbitter.matches.created_at IS
'When the pair was first thought of.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.matches.updated_at IS
'When the row last changed.
@internal';
COMMENT ON COLUMN saltbitter.matches.matched_at IS
'When the second like came; NULL for who never matched.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT matches_different_users_check ON saltbitter.matches IS
'@error PairInvalid A pair is two people, the smaller id first.';
COMMENT ON CONSTRAINT matches_valid_score_check ON saltbitter.matches IS
'@error ScoreOutOfRange A score is from 0 to 100.';

ALTER TABLE saltbitter.matches ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.matches FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.matches
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.matches
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_as_a ON saltbitter.matches
FOR SELECT TO saltbitter_app
USING (user_a_id = kernel.user_uuid() AND status IN ('matched', 'unmatched'));
CREATE POLICY select_as_b ON saltbitter.matches
FOR SELECT TO saltbitter_app
USING (user_b_id = kernel.user_uuid() AND status IN ('matched', 'unmatched'));
CREATE POLICY select_worker ON saltbitter.matches
FOR SELECT TO saltbitter_worker USING (true);
CREATE POLICY insert_worker ON saltbitter.matches
FOR INSERT TO saltbitter_worker WITH CHECK (true);
CREATE POLICY update_worker ON saltbitter.matches
FOR UPDATE TO saltbitter_worker USING (true) WITH CHECK (true);
CREATE POLICY select_definer ON saltbitter.matches
FOR SELECT TO saltbitter_definer USING (true);
CREATE POLICY insert_definer ON saltbitter.matches
FOR INSERT TO saltbitter_definer WITH CHECK (true);
CREATE POLICY update_definer ON saltbitter.matches
FOR UPDATE TO saltbitter_definer USING (true) WITH CHECK (true);

GRANT SELECT ON saltbitter.matches TO saltbitter_app;
GRANT SELECT, INSERT (user_a_id, user_b_id, compatibility_score), UPDATE (compatibility_score)
ON saltbitter.matches TO saltbitter_worker;
GRANT SELECT, INSERT (user_a_id, user_b_id), UPDATE (status) ON saltbitter.matches
TO saltbitter_definer;

CREATE TRIGGER t10_touch_updated_at
BEFORE UPDATE ON saltbitter.matches
FOR EACH ROW EXECUTE FUNCTION kernel.tg_touch_updated_at();

COMMENT ON TRIGGER t10_touch_updated_at ON saltbitter.matches IS
'updated_at is not for statements to set.';

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.matches');

CREATE TABLE saltbitter.messages (
    match_id uuid NOT NULL,
    id uuid NOT NULL,
    from_user_id uuid NOT NULL,
    to_user_id uuid NOT NULL,
    content kernel.sealed NOT NULL,
    read_at timestamptz,
    sent_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT messages_pkey PRIMARY KEY (match_id, id),
    CONSTRAINT messages_match_id_fkey FOREIGN KEY (match_id)
        REFERENCES saltbitter.matches (id) ON DELETE CASCADE,
    -- Whose a message is follows from its pair, so these two don't take it along.
    CONSTRAINT messages_from_user_id_fkey FOREIGN KEY (from_user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT messages_to_user_id_fkey FOREIGN KEY (to_user_id)
        REFERENCES saltbitter.users (id) ON DELETE RESTRICT,
    CONSTRAINT messages_different_users_check CHECK (from_user_id <> to_user_id),
    CONSTRAINT messages_content_length_check CHECK (octet_length(content) <= 16384),
    CONSTRAINT messages_read_at_check
        CHECK (read_at >= sent_at AND isfinite(read_at))
);

CREATE INDEX messages_from_user_id_idx ON saltbitter.messages (from_user_id, sent_at);

CREATE INDEX messages_to_user_id_idx ON saltbitter.messages (to_user_id, sent_at);

CREATE INDEX messages_unread_idx ON saltbitter.messages (to_user_id, match_id)
WHERE read_at IS NULL;

CREATE INDEX messages_sent_at_idx ON saltbitter.messages (sent_at);

COMMENT ON TABLE saltbitter.messages IS
'What matched people write to each other. Keyed by the pair and the order of writing; a message
belongs to both, so it goes with the first of them, as the pair does. Sealed under the app''s own
key, for both read it.
@row Message
@rows 50M';
COMMENT ON COLUMN saltbitter.messages.match_id IS
'The pair.
@internal';
COMMENT ON COLUMN saltbitter.messages.id IS
'The message; made by the client, of version 7, so that ids rise with time.
@internal';
COMMENT ON COLUMN saltbitter.messages.from_user_id IS
'Who wrote it.
@internal';
COMMENT ON COLUMN saltbitter.messages.to_user_id IS
'Whom; the other one of the pair.
@internal';
COMMENT ON COLUMN saltbitter.messages.content IS
'What was written.
@personal content
@erase delete
@sealed text message_content messages pad 64';
COMMENT ON COLUMN saltbitter.messages.read_at IS
'When it was read; NULL until then.
@personal activity
@erase delete';
COMMENT ON COLUMN saltbitter.messages.sent_at IS
'When it was sent.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT messages_content_length_check ON saltbitter.messages IS
'@error MessageLength A message has at most some 16,000 bytes.';

ALTER TABLE saltbitter.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE saltbitter.messages FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON saltbitter.messages
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON saltbitter.messages
AS RESTRICTIVE FOR ALL TO strongroom_owner, saltbitter_app, saltbitter_worker, saltbitter_analyst,
    saltbitter_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_sent ON saltbitter.messages
FOR SELECT TO saltbitter_app USING (from_user_id = kernel.user_uuid());
CREATE POLICY select_received ON saltbitter.messages
FOR SELECT TO saltbitter_app USING (to_user_id = kernel.user_uuid());
CREATE POLICY insert_sent ON saltbitter.messages
FOR INSERT TO saltbitter_app WITH CHECK (from_user_id = kernel.user_uuid());
CREATE POLICY update_received ON saltbitter.messages
FOR UPDATE TO saltbitter_app
USING (to_user_id = kernel.user_uuid())
WITH CHECK (to_user_id = kernel.user_uuid());

GRANT SELECT, INSERT (match_id, id, from_user_id, content), UPDATE (read_at) ON saltbitter.messages
TO saltbitter_app;

-- Every value is sealed, by a key of this app that is in force.
SELECT kernel.guard_sealed('saltbitter.messages');

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'saltbitter_messages', 'saltbitter.messages', 'delete', 'sent_at', '2 years',
    'What two people wrote to each other is not needed once it is old.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('saltbitter.messages');
