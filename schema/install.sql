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
\ir ../functions/kernel/comment_tags.sql
\ir ../functions/kernel/app_schemas.sql
\ir ../functions/kernel/acl_text.sql
\ir ../functions/kernel/catalog_members.sql
\ir ../functions/kernel/catalog_relations.sql
\ir ../functions/kernel/catalog_columns.sql
\ir ../functions/kernel/catalog_constraints.sql
\ir ../functions/kernel/catalog_indexes.sql
\ir ../functions/kernel/catalog_sequences.sql
\ir ../functions/kernel/catalog_types.sql
\ir ../functions/kernel/catalog_routines.sql
\ir ../functions/kernel/catalog_rules.sql
\ir ../functions/kernel/catalog_operators.sql
\ir ../functions/kernel/catalog_text_search.sql
\ir ../functions/kernel/catalog_publications.sql
\ir ../functions/kernel/catalog_others.sql
\ir ../functions/kernel/catalog_comments.sql
\ir ../functions/kernel/catalog_snapshot.sql

\ir kernel/data_map.sql
