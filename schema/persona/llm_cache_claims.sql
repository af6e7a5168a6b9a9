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
