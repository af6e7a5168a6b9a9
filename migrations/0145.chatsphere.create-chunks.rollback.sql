-- Takes every piece and its vector with it; sources can be learned again.

DROP TABLE chatsphere.document_chunks;
DROP FUNCTION chatsphere.text_config(text);

COMMENT ON SCHEMA chatsphere IS
'The chatbot platform: accounts with their plans and keys, the bots that they build, what these
learn from, their conversations, and what is measured of them.
@app';
