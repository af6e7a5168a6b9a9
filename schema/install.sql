-- The whole database in the order in which it is built: psql -v ON_ERROR_STOP=1 -f schema/install.sql

\ir roles.sql
\ir kernel/schema.sql

-- Kernel functions that need no table.
\ir ../functions/kernel/current_app.sql
\ir ../functions/kernel/user_bigint.sql
\ir ../functions/kernel/user_uuid.sql
\ir ../functions/kernel/actor.sql
\ir ../functions/kernel/request_id.sql
\ir ../functions/kernel/require_user_bigint.sql
\ir ../functions/kernel/require_user_uuid.sql
\ir ../functions/kernel/uuid_v7_at.sql
\ir ../functions/kernel/uuid_v7.sql
\ir ../functions/kernel/tg_touch_updated_at.sql
