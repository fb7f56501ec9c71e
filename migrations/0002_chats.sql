create table chats (
  id text primary key,
  kind text not null check (kind in ('direct', 'group', 'channel')),
  visibility text not null check (visibility in ('private', 'public')),
  name text,
  -- The name in lower case with ё as е: neither engine's LIKE folds beyond ASCII alike.
  name_folded text,
  topic text not null default '',
  created_by text not null references users (id),
  client_id text,
  -- Of a direct chat: both user ids in order, so that two who open it at once get one.
  direct_key text unique,
  -- One ordered log: rev counts every durable change, last_seq the messages, info_rev the change of these fields.
  rev bigint not null default 0,
  last_seq bigint not null default 0,
  floor_seq bigint not null default 0,
  info_rev bigint not null default 0,
  member_count bigint not null default 0,
  -- By the database's clock, set under the lock at every rev: the head sweep reads a window of it.
  changed_at bigint not null,
  archived_at bigint,
  deleted_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  unique (created_by, client_id)
);
create index chats_changed on chats (changed_at);
create index chats_public on chats (visibility, name_folded);

create table members (
  chat_id text not null references chats (id),
  user_id text not null references users (id),
  role text not null check (role in ('owner', 'admin', 'member')),
  rev bigint not null,
  joined_at bigint not null,
  left_at bigint,
  last_read_seq bigint not null default 0,
  read_at bigint,
  -- "Mark unread": counts start here until the next read; private, never lowers receipts.
  unread_from bigint,
  primary key (chat_id, user_id)
);
-- Only of memberships that last: a user's chats by id, without a sort.
create index members_user on members (user_id, chat_id) where left_at is null;
create index members_rev on members (chat_id, rev);
