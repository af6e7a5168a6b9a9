-- Takes every bot and what it learns from with it: dump them first.

SELECT kernel.disable_audit('chatsphere.chatbots');
SELECT kernel.drop_masked_view('chatsphere.chatbots');
DELETE FROM kernel.job WHERE name = 'chatsphere_bury_sources';
DROP TABLE chatsphere.training_jobs;
DROP TABLE chatsphere.training_sources;
DROP TABLE chatsphere.chatbots;
