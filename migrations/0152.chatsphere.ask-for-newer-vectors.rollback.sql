-- Any version of pgvector will do again; nothing is lost.

COMMENT ON SCHEMA chatsphere IS
'The chatbot platform: accounts with their plans and keys, the bots that they build, what these
learn from, their conversations, and what is measured of them.
@app
@extensions vector pg_trgm btree_gin';
