-- Find bots by a part of their name, while people work with them.
-- depends: 0145.chatsphere.create-chunks
-- requires: extension vector pg_trgm btree_gin
-- transactional: false
-- locks: SHARE UPDATE EXCLUSIVE on chatsphere.chatbots, which stops no reader or writer

CREATE INDEX CONCURRENTLY chatbots_name_idx ON chatsphere.chatbots
USING gin (name extensions.gin_trgm_ops);
