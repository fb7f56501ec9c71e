-- Every unique index starts with chat_id, so that the table can be partitioned by it.
create table messages (
  id text not null,
  chat_id text not null references chats (id),
  -- Place in the chat: 1, 2, 3 … no gaps. Order by this, never by time.
  seq bigint not null,
  -- The chat's revision at the last change of this row.
  rev bigint not null,
  sender_id text not null references users (id),
  client_id text not null,
  -- Of {content, reply_to, attachment_ids} as first sent: a repeat with another original is a conflict, for ever.
  original_hash text not null,
  kind text not null check (kind in ('text', 'file', 'voice', 'system', 'call')),
  reply_to text,
  -- JSON: {event, actor_id, user_ids, value} of a system message.
  system text,
  -- JSON: user ids, "channel", "here".
  mentions text not null default '[]',
  pinned_at bigint,
  edited_at bigint,
  deleted_at bigint,
  created_at bigint not null,
  -- Last, for they may be long: counting what is unread must not walk through their pages.
  content text not null,
  html text,
  primary key (chat_id, seq),
  unique (chat_id, sender_id, client_id)
);
-- With the chat, or SQLite would look for a message of one chat by walking through all that the chat holds.
create index messages_id on messages (id, chat_id);
create index messages_rev on messages (chat_id, rev);
-- What is in a place but is never unread. Few, and no message that is sent touches it: places less these are the unread.
create index messages_uncounted on messages (chat_id, seq, kind, deleted_at)
  where kind = 'system' or deleted_at is not null;

-- Who is named where: user ids, "channel", "here". Counts of unread mentions are one range of this key.
create table mentions (
  chat_id text not null,
  target text not null,
  seq bigint not null,
  primary key (chat_id, target, seq)
);

create table reactions (
  chat_id text not null,
  message_id text not null,
  emoji text not null,
  user_id text not null references users (id),
  created_at bigint not null,
  primary key (chat_id, message_id, emoji, user_id)
);
-- In the order in which they are shown, and all that is shown of them: a page of a large channel has thousands.
create index reactions_first on reactions (chat_id, message_id, emoji, created_at, user_id);
