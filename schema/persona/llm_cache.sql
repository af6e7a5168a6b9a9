-- Keyed by itself: an answer that everybody may have is nobody's. Roles of the bot reach it by
-- functions alone, which look an answer up by its key for one person or for everybody.
CREATE TABLE persona.llm_cache (
    id bigint GENERATED ALWAYS AS IDENTITY,
    vendor persona.llm_vendor NOT NULL,
    cache_key text NOT NULL,
    request_payload jsonb NOT NULL,
    response_payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamptz,
    user_id bigint,
    asked_by bigint,
    CONSTRAINT llm_cache_pkey PRIMARY KEY (id),
    CONSTRAINT llm_cache_vendor_cache_key_key UNIQUE (vendor, cache_key),
    CONSTRAINT llm_cache_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    -- What somebody's question made goes with them, whoever may have it.
    CONSTRAINT llm_cache_asked_by_fkey FOREIGN KEY (asked_by)
        REFERENCES persona.users (id) ON DELETE CASCADE,
    CONSTRAINT llm_cache_cache_key_form_check CHECK (cache_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT llm_cache_request_payload_check
        CHECK (request_payload = persona.sanitised(request_payload)),
    CONSTRAINT llm_cache_shared_answer_check CHECK (
        user_id IS NOT NULL OR response_payload = persona.sanitised(response_payload)
    ),
    CONSTRAINT llm_cache_private_answer_ends_check
        CHECK (user_id IS NULL OR expires_at IS NOT NULL),
    CONSTRAINT llm_cache_expires_at_check CHECK (expires_at > created_at),
    -- Python reads years from 1 to 9999, and no row may stop a list of them.
    CONSTRAINT llm_cache_expires_at_range_check CHECK (
        expires_at AT TIME ZONE 'UTC' BETWEEN timestamp '2000-01-01' AND timestamp '9999-01-01'
    ),
    CONSTRAINT llm_cache_one_person_check CHECK (num_nonnulls(user_id, asked_by) <= 1)
);

-- For retention: what has an end.
CREATE INDEX llm_cache_expires_at_idx ON persona.llm_cache (expires_at)
WHERE expires_at IS NOT NULL;

CREATE INDEX llm_cache_user_id_idx ON persona.llm_cache (user_id)
WHERE user_id IS NOT NULL;

CREATE INDEX llm_cache_asked_by_idx ON persona.llm_cache (asked_by)
WHERE asked_by IS NOT NULL;

COMMENT ON TABLE persona.llm_cache IS
'Answers of language models, to be given again until they expire. An answer is for everybody, or for
one person: then it is found by that person alone, and always ends. Either goes with the person whose
question it answers.
@row CachedAnswer
@rows 10M';
COMMENT ON COLUMN persona.llm_cache.id IS
'Number of the answer.
@internal';
COMMENT ON COLUMN persona.llm_cache.vendor IS
'Whose model answered.
@internal';
COMMENT ON COLUMN persona.llm_cache.cache_key IS
'SHA-256 of the scope (the person, or everybody) and of the key that the program made of the request,
as hex; persona.scoped_cache_key().
@internal';
COMMENT ON COLUMN persona.llm_cache.request_payload IS
'What was asked, without what tells of a person or is a secret: persona.sanitised().
@personal content
@erase delete';
COMMENT ON COLUMN persona.llm_cache.response_payload IS
'What the model answered.
@personal content
@erase delete';
COMMENT ON COLUMN persona.llm_cache.created_at IS
'When it answered.
@personal activity
@erase delete';
COMMENT ON COLUMN persona.llm_cache.expires_at IS
'Until when the answer is good; NULL: for ever.
@internal';
COMMENT ON COLUMN persona.llm_cache.user_id IS
'Whom it was given to; NULL for an answer that everybody may have.
@internal
@subject';
COMMENT ON COLUMN persona.llm_cache.asked_by IS
'Whose question it answers, of an answer that everybody may have; NULL for what a job asked. Shown to
nobody: it is there for the day on which the person leaves.
@internal
@subject';
COMMENT ON CONSTRAINT llm_cache_request_payload_check ON persona.llm_cache IS
'@error PayloadNotSanitised A request is kept without names, numbers and secrets.';

ALTER TABLE persona.llm_cache ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.llm_cache FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.llm_cache
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.llm_cache
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_definer ON persona.llm_cache
FOR ALL TO persona_definer USING (true) WITH CHECK (true);

GRANT
    SELECT,
    INSERT (
        vendor, cache_key, request_payload, response_payload, created_at, expires_at, user_id,
        asked_by
    ),
    UPDATE (request_payload, response_payload, created_at, expires_at, asked_by),
    DELETE
ON persona.llm_cache TO persona_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, keep_nulls, reason
)
VALUES (
    'llm_cache', 'persona.llm_cache', 'delete', 'expires_at', '0', true,
    'An answer that has expired is given to nobody any more.'
)
ON CONFLICT DO NOTHING;
