-- The key holds the moment, by which the table is partitioned.
CREATE TABLE chatsphere.api_usage (
    user_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT kernel.uuid_v7(),
    endpoint text NOT NULL,
    tokens_used integer NOT NULL,
    response_time_ms integer NOT NULL,
    status_code integer NOT NULL,
    "timestamp" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT api_usage_pkey PRIMARY KEY (user_id, "timestamp", id),
    -- Usage is what a bill is made of, and outlives the person.
    CONSTRAINT api_usage_user_id_fkey FOREIGN KEY (user_id)
        REFERENCES chatsphere.users (id) ON DELETE RESTRICT,
    -- A route, without what was asked: /v1/chatbots/{id}/messages.
    CONSTRAINT api_usage_endpoint_check CHECK (endpoint ~ '^[A-Za-z0-9/_.{}:-]{1,255}$'),
    CONSTRAINT api_usage_tokens_used_check CHECK (tokens_used >= 0),
    CONSTRAINT api_usage_response_time_ms_check CHECK (response_time_ms >= 0),
    CONSTRAINT api_usage_status_code_check CHECK (status_code BETWEEN 100 AND 599)
) PARTITION BY RANGE ("timestamp");

COMMENT ON TABLE chatsphere.api_usage IS
'Calls of the interface, one row each: what was called, how long it took and how it ended. What is
billed and limited is counted in chatsphere.usage_periods.
@row ApiUsage
@rows 10M';
COMMENT ON COLUMN chatsphere.api_usage.user_id IS
'Who called.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.id IS
'Key of the call, rising with time.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.endpoint IS
'Route that was called, without its values.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.tokens_used IS
'Tokens of the language model, of question and answer.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.response_time_ms IS
'Time until the answer, in milliseconds.
@internal';
COMMENT ON COLUMN chatsphere.api_usage.status_code IS
'Status of HTTP.
@internal';
COMMENT ON COLUMN chatsphere.api_usage."timestamp" IS
'When the call ended.
@internal';
COMMENT ON CONSTRAINT api_usage_endpoint_check ON chatsphere.api_usage IS
'@error EndpointInvalid An endpoint is a route of at most 255 characters, without values.';
COMMENT ON CONSTRAINT api_usage_status_code_check ON chatsphere.api_usage IS
'@error StatusCodeInvalid A status of HTTP is a number from 100 to 599.';

ALTER TABLE chatsphere.api_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatsphere.api_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON chatsphere.api_usage
FOR ALL TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_serving ON chatsphere.api_usage
AS RESTRICTIVE FOR ALL
TO strongroom_owner, chatsphere_app, chatsphere_worker, chatsphere_analyst, chatsphere_definer
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE POLICY select_own ON chatsphere.api_usage
FOR SELECT TO chatsphere_app USING (user_id = kernel.user_uuid());
CREATE POLICY insert_own ON chatsphere.api_usage
FOR INSERT TO chatsphere_app WITH CHECK (user_id = kernel.user_uuid());
CREATE POLICY select_worker ON chatsphere.api_usage
FOR SELECT TO chatsphere_worker USING (true);

GRANT
    SELECT,
    INSERT (user_id, endpoint, tokens_used, response_time_ms, status_code)
ON chatsphere.api_usage TO chatsphere_app;
GRANT SELECT ON chatsphere.api_usage TO chatsphere_worker;

INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('chatsphere.api_usage', 'time', '1 month', 12, '3 years')
ON CONFLICT DO NOTHING;

INSERT INTO kernel.retention_policy (name, relation, action, reason)
VALUES (
    'chatsphere_api_usage', 'chatsphere.api_usage', 'drop',
    'A bill is disputed within three years.'
)
ON CONFLICT DO NOTHING;

-- For people who count, and may know nobody.
SELECT kernel.masked_view('chatsphere.api_usage');
