-- Cached answers of language models, and who is asking for one.
-- depends: 0102.persona.keep-settings-and-keys
-- locks: SHARE ROW EXCLUSIVE on persona.users, for an instant: foreign keys

CREATE OR REPLACE FUNCTION persona.sanitised_text(p_text text)
RETURNS text
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_before text;
    v_text text := p_text;
BEGIN
    -- Until nothing changes: what stands beside something that was taken out may read otherwise now.
    LOOP
        v_before := v_text;
        v_text := regexp_replace(
            v_text, '(\msk-[\w-]{16,}|\mAQVN[\w-]{20,}|\mt1\.[\w.-]{20,}|bearer\s+\S{16,})',
            '[key]', 'gi'
        );
        v_text := regexp_replace(
            v_text, '[[:alnum:]._%+-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)+', '[e-mail]', 'g'
        );
        -- Telephones, cards, passports. A day with its hour stays, and so do decimals.
        v_text := regexp_replace(
            v_text,
            '(\+\d([ ()-]{0,2}\d){9,}|(?<![.\d])\d([ ()-]{0,2}\d){10,}|(?<![.\d])\d{4} ?\d{6}(?!\d))',
            '[number]', 'g'
        );
        v_text := regexp_replace(v_text, '(^|[^[:alnum:]_])@[A-Za-z]\w{3,}', '\1[name]', 'g');
        EXIT WHEN v_text IS NOT DISTINCT FROM v_before;
    END LOOP;
    RETURN v_text;
END;
$$;

COMMENT ON FUNCTION persona.sanitised_text(text) IS
'A text with [e-mail], [number], [name] and [key] in the place of e-mail addresses, telephones, cards
and passports, names that begin with @, and keys of vendors. Applied again it changes nothing. It does
not find names that are written as words.';

GRANT EXECUTE ON FUNCTION persona.sanitised_text(text) TO persona_definer;

CREATE OR REPLACE FUNCTION persona.sanitised(p_payload jsonb)
RETURNS jsonb
LANGUAGE plpgsql
IMMUTABLE
PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What a request says of the person or of us, and no model answers to.
    c_dropped CONSTANT text := '^(user|name|((tele|end)[-_]?)?(gram|user|chat|from|sender)[-_]?id'
        '|(user|first|last|full|middle|display|sur)[-_]?name|phone([-_]?number)?|e[-_]?mail|address'
        '|birth.*|passport.*|.*(api[-_]?key|secret|passw|credential|authorization|bearer).*|key'
        '|.*[-_]key|token|.*(access|auth|iam|oauth|refresh|bot)[-_]?token)$';
BEGIN
    RETURN CASE jsonb_typeof(p_payload)
        WHEN 'object' THEN (
            SELECT coalesce(
                jsonb_object_agg(
                    persona.sanitised_text(m.name), persona.sanitised(m.value) ORDER BY m.name
                ),
                '{}'
            )
            FROM jsonb_each(p_payload) AS m (name, value)
            WHERE m.name !~* c_dropped
              AND persona.sanitised_text(m.name) !~* c_dropped
        )
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(persona.sanitised(e.value) ORDER BY e.place), '[]')
            FROM jsonb_array_elements(p_payload) WITH ORDINALITY AS e (value, place)
        )
        WHEN 'string' THEN to_jsonb(persona.sanitised_text(p_payload #>> '{}'))
        -- Numbers stay: models give counts and moments as such, and people's numbers have names.
        ELSE p_payload
    END;
END;
$$;

COMMENT ON FUNCTION persona.sanitised(jsonb) IS
'A payload without members that say who the person is or hold a secret (user, telegram_id,
first_name, phone, api_key and their like, however deep), and with its texts as
persona.sanitised_text() makes them. Applied again it changes nothing.';

GRANT EXECUTE ON FUNCTION persona.sanitised(jsonb) TO persona_definer;

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
    CONSTRAINT llm_cache_pkey PRIMARY KEY (id),
    CONSTRAINT llm_cache_vendor_cache_key_key UNIQUE (vendor, cache_key),
    CONSTRAINT llm_cache_user_id_fkey FOREIGN KEY (user_id)
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
    )
);

-- For retention: what has an end.
CREATE INDEX llm_cache_expires_at_idx ON persona.llm_cache (expires_at)
WHERE expires_at IS NOT NULL;

CREATE INDEX llm_cache_user_id_idx ON persona.llm_cache (user_id)
WHERE user_id IS NOT NULL;

COMMENT ON TABLE persona.llm_cache IS
'Answers of language models, to be given again until they expire. An answer is for everybody, or for
one person: then it is found by that person alone, always ends, and goes with the person.
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
@internal';
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
        vendor, cache_key, request_payload, response_payload, created_at, expires_at, user_id
    ),
    UPDATE (request_payload, response_payload, created_at, expires_at),
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

-- Keyed as the answers are: a claim is on an answer, and belongs to whoever has its token.
CREATE TABLE persona.llm_cache_claims (
    vendor persona.llm_vendor NOT NULL,
    cache_key text NOT NULL,
    token uuid NOT NULL,
    claimed_at timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    CONSTRAINT llm_cache_claims_pkey PRIMARY KEY (vendor, cache_key),
    CONSTRAINT llm_cache_claims_cache_key_form_check CHECK (cache_key ~ '^[0-9a-f]{64}$'),
    CONSTRAINT llm_cache_claims_lease_until_check CHECK (lease_until > claimed_at)
);

-- For retention: claims whose program is gone.
CREATE INDEX llm_cache_claims_lease_until_idx ON persona.llm_cache_claims (lease_until);

COMMENT ON TABLE persona.llm_cache_claims IS
'Who is asking a model at the moment, so that nobody else asks the same: persona.claim_answer(). A row
goes when the answer is stored or the claim given up; one whose lease is over is taken over.
@row AnswerClaim
@rows 1k';
COMMENT ON COLUMN persona.llm_cache_claims.vendor IS
'Whose model.
@internal';
COMMENT ON COLUMN persona.llm_cache_claims.cache_key IS
'The key that the answer will have in persona.llm_cache.
@internal';
COMMENT ON COLUMN persona.llm_cache_claims.token IS
'Known to the program alone that has the claim.
@internal';
COMMENT ON COLUMN persona.llm_cache_claims.claimed_at IS
'When it was claimed.
@internal';
COMMENT ON COLUMN persona.llm_cache_claims.lease_until IS
'From when on somebody else may take the claim over.
@internal';

ALTER TABLE persona.llm_cache_claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE persona.llm_cache_claims FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON persona.llm_cache_claims
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON persona.llm_cache_claims
AS RESTRICTIVE FOR ALL
TO strongroom_owner, persona_app, persona_worker, persona_analyst, persona_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY all_definer ON persona.llm_cache_claims
FOR ALL TO persona_definer USING (true) WITH CHECK (true);

GRANT
    SELECT,
    INSERT (vendor, cache_key, token, claimed_at, lease_until),
    UPDATE (token, claimed_at, lease_until),
    DELETE
ON persona.llm_cache_claims TO persona_definer;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for, reason
)
VALUES (
    'llm_cache_claims', 'persona.llm_cache_claims', 'delete', 'lease_until', '1 hour',
    'The program that asked is gone, and nobody asked the same since.'
)
ON CONFLICT DO NOTHING;
