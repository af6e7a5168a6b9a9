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
