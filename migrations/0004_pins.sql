-- What is pinned in a chat, the newest pin last. Few, and no message that is sent touches it.
create index messages_pinned on messages (chat_id, pinned_at, seq) where pinned_at is not null;
