-- Something of every kind for two people, so that what a role reaches can be told apart.
SET LOCAL session_replication_role = replica;
INSERT INTO persona.users (id, telegram_id)
OVERRIDING SYSTEM VALUE
VALUES (1001, 5001), (1002, 5002);
INSERT INTO persona.user_settings (user_id)
VALUES (1001), (1002);
INSERT INTO persona.admin_users (user_id)
VALUES (1001), (1002);
