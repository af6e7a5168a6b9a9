-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
INSERT INTO persona.users (id, telegram_id)
OVERRIDING SYSTEM VALUE
VALUES (1001, 5001), (1002, 5002);
INSERT INTO persona.user_settings (user_id)
VALUES (1001), (1002);
INSERT INTO persona.admin_users (user_id)
VALUES (1001), (1002);
INSERT INTO persona.vendor_keys (vendor, api_key)
VALUES ('openai', decode('01' || repeat('00', 60), 'hex'));
INSERT INTO persona.llm_cache (
    vendor, cache_key, request_payload, response_payload, expires_at, user_id
)
VALUES
    ('openai', repeat('a', 64), '{}', '{}', 'tomorrow', 1001),
    ('openai', repeat('b', 64), '{}', '{}', 'tomorrow', 1002);
INSERT INTO persona.llm_cache_claims (vendor, cache_key, token, claimed_at, lease_until)
VALUES ('openai', repeat('c', 64), gen_random_uuid(), now(), 'tomorrow');
INSERT INTO persona.usage_stats (user_id, vendor)
VALUES (1001, 'openai'), (1002, 'openai');
INSERT INTO persona.usage_days (user_id, vendor, day)
VALUES (1001, 'openai', 'today'), (1002, 'openai', 'today');
INSERT INTO persona.subscriptions (user_id, plan, price, currency)
VALUES (1001, 'free', 0, 'rub'), (1002, 'free', 0, 'rub');
INSERT INTO kernel.consent_text (app, purpose, version, language, body, is_material)
VALUES ('persona', 'personal_data', 1, 'ru', 'Wording', true);
INSERT INTO kernel.consent_event (app, subject, purpose, version, language, granted, actor, method)
VALUES
    ('persona', '1001', 'personal_data', 1, 'ru', true, 'person', 'button'),
    ('persona', '1002', 'personal_data', 1, 'ru', true, 'person', 'button');
INSERT INTO kernel.audit_inbox (app, operation, subject, role, details)
VALUES ('persona', 'ACCESS', '1001', 'x', '{"action": "view_profile", "columns": []}');
