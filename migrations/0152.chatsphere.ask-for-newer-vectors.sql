-- Searches go on until they have found enough, which pgvector can do from 0.8 on.
-- depends: 0151.chatsphere.ask-once-for-jobs
-- requires: extension vector pg_trgm btree_gin
-- locks: none that anyone waits for

COMMENT ON SCHEMA chatsphere IS
'The chatbot platform: accounts with their plans and keys, the bots that they build, what these
learn from, their conversations, and what is measured of them.
@app
@extensions vector>=0.8 pg_trgm btree_gin';
