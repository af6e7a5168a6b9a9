-- For an instant nobody reads or writes bots.

DROP INDEX chatsphere.chatbots_name_idx;
