CREATE TABLE astroloh.horoscope_requests (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    request_type text NOT NULL,
    encrypted_target_date kernel.sealed,
    encrypted_partner_data kernel.sealed,
    ip_hash astroloh.keyed_hash,
    processing_time_ms integer,
    cache_hit boolean NOT NULL DEFAULT false,
    processed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT horoscope_requests_pkey PRIMARY KEY (user_id, processed_at, id),
    CONSTRAINT horoscope_requests_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES astroloh.users (id) ON DELETE CASCADE,
    CONSTRAINT horoscope_requests_request_type_check CHECK (
        request_type IN ('daily', 'weekly', 'monthly', 'natal', 'compatibility')
    ),
    CONSTRAINT horoscope_requests_partner_check CHECK (
        (request_type = 'compatibility') = (encrypted_partner_data IS NOT NULL)
    ),
    CONSTRAINT horoscope_requests_processing_time_check CHECK (processing_time_ms >= 0)
) PARTITION BY RANGE (processed_at);

-- Counts by kind and span of time.
CREATE INDEX horoscope_requests_request_type_idx
ON astroloh.horoscope_requests (request_type, processed_at);

-- For retention, and for what was asked lately of whatever kind.
CREATE INDEX horoscope_requests_processed_at_idx ON astroloh.horoscope_requests (processed_at);

-- Who asks too often from one address.
CREATE INDEX horoscope_requests_ip_hash_idx
ON astroloh.horoscope_requests (ip_hash, processed_at)
WHERE ip_hash IS NOT NULL;

COMMENT ON TABLE astroloh.horoscope_requests IS
'Consultations: what was asked for, for which day and with whom (sealed), and how long it took.
@row HoroscopeRequest
@rows 50M';
COMMENT ON COLUMN astroloh.horoscope_requests.user_id IS
'Who asked.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.id IS
'Id of the consultation, made by the program, because sealed values are bound to it.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.request_type IS
'What was asked for.
@personal belief
@erase delete';
COMMENT ON COLUMN astroloh.horoscope_requests.encrypted_target_date IS
'The day that was asked about.
@personal content
@erase delete
@sealed date target_date target_date';
COMMENT ON COLUMN astroloh.horoscope_requests.encrypted_partner_data IS
'Whom the person would be compared with: exactly for compatibility.
@personal content
@erase delete
@sealed jsonb partner_data partner_data pad 256
@json astroloh.partner';
COMMENT ON COLUMN astroloh.horoscope_requests.ip_hash IS
'Keyed hash of the address.
@personal network
@erase delete';
COMMENT ON COLUMN astroloh.horoscope_requests.processing_time_ms IS
'How long the answer took, in milliseconds.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.cache_hit IS
'Whether the answer was there already.
@internal';
COMMENT ON COLUMN astroloh.horoscope_requests.processed_at IS
'When it was answered; part of the key, so the program says it.
@personal activity
@erase delete';
COMMENT ON CONSTRAINT horoscope_requests_partner_check ON astroloh.horoscope_requests IS
'@error PartnerMismatch Compatibility is asked for with a partner, everything else without one.';
COMMENT ON CONSTRAINT horoscope_requests_processing_time_check ON astroloh.horoscope_requests IS
'@error NegativeDuration An answer takes no less than no time.';

ALTER TABLE astroloh.horoscope_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE astroloh.horoscope_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON astroloh.horoscope_requests
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON astroloh.horoscope_requests
AS RESTRICTIVE FOR ALL
TO strongroom_owner, astroloh_app, astroloh_worker, astroloh_analyst, astroloh_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON astroloh.horoscope_requests
FOR SELECT TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON astroloh.horoscope_requests
FOR INSERT TO astroloh_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY delete_own ON astroloh.horoscope_requests
FOR DELETE TO astroloh_app USING (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON astroloh.horoscope_requests
FOR SELECT TO astroloh_worker USING (true);

GRANT
    SELECT,
    INSERT (
        user_id, id, request_type, encrypted_target_date, encrypted_partner_data, ip_hash,
        processing_time_ms, cache_hit, processed_at
    ),
    DELETE
ON astroloh.horoscope_requests TO astroloh_app;
-- Jobs count what was asked for; for which day and with whom is none of theirs.
GRANT SELECT (user_id, id, request_type, ip_hash, processing_time_ms, cache_hit, processed_at)
ON astroloh.horoscope_requests TO astroloh_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('astroloh.horoscope_requests', 'time', '1 month', 12, '10 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (
    name, relation, action, time_expression, keep_for,
    override_table, override_column, override_min_days, override_max_days, reason
)
VALUES (
    'horoscope_requests', 'astroloh.horoscope_requests', 'delete', 'processed_at', '1 year',
    'astroloh.users', 'data_retention_days', 30, 3650,
    'What a person asked is kept for as long as that person wants.'
)
ON CONFLICT DO NOTHING;

SELECT kernel.guard_sealed('astroloh.horoscope_requests');

SELECT kernel.masked_view('astroloh.horoscope_requests');
