-- One SQL dialect, the overlap of SQLite and PostgreSQL: text, bigint (milliseconds, counters, flags 0/1).

create table settings (
  name text primary key,
  value text not null
);

create table users (
  id text primary key,
  email text not null unique,
  username text not null unique,
  full_name text not null,
  -- Username and name in lower case with ё as е: neither engine's LIKE folds beyond ASCII alike.
  name_folded text not null default '',
  -- Sealed under the installation's secret key.
  phone_number text,
  bio text not null default '',
  status_text text not null default '',
  status_emoji text not null default '',
  locale text,
  role text not null check (role in ('owner', 'admin', 'member', 'guest')),
  kind text not null default 'person' check (kind in ('person', 'bot')),
  password_hash text,
  email_verified_at bigint,
  -- Counts up when every session of the user must end; access tokens carry nothing that outlives it.
  authz_version bigint not null default 1,
  -- The sweep finds by it whose sockets must be looked at again.
  authz_changed_at bigint not null,
  is_active bigint not null default 1,
  created_at bigint not null,
  updated_at bigint not null
);
create index users_authz_changed on users (authz_changed_at);

create table sessions (
  id text primary key,
  user_id text not null references users (id),
  authz_version bigint not null,
  user_agent text not null default '',
  created_at bigint not null,
  last_used_at bigint not null,
  -- Moves on at each renewal, at most to 90 days after created_at.
  expires_at bigint not null,
  ended_at bigint
);
create index sessions_user on sessions (user_id, ended_at);
-- What is over is forgotten every hour, without walking through what is not.
create index sessions_expiry on sessions (expires_at);
create index sessions_ended on sessions (ended_at) where ended_at is not null;

create table refresh_tokens (
  hash text primary key,
  session_id text not null references sessions (id),
  created_at bigint not null,
  expires_at bigint not null,
  -- When it was exchanged for its child; the child is derived from it, so only the time is kept.
  used_at bigint
);
create index refresh_tokens_session on refresh_tokens (session_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- E-mail verification, password reset: single use, only hashes are stored.
create table one_time_tokens (
  hash text primary key,
  purpose text not null,
  user_id text not null references users (id),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index one_time_tokens_user on one_time_tokens (user_id, purpose);

create table invites (
  code text primary key,
  role text not null,
  max_uses bigint,
  uses bigint not null default 0,
  expires_at bigint not null,
  chat_ids text not null default '[]',
  created_by text not null references users (id),
  created_at bigint not null,
  revoked_at bigint
);
create index invites_created on invites (created_at);

-- ES256 keys that sign access tokens, sealed under the installation's secret key.
create table signing_keys (
  kid text primary key,
  sealed_jwk text not null,
  created_at bigint not null,
  retires_at bigint not null
);

create table jobs (
  id text primary key,
  kind text not null,
  key text,
  payload text not null,
  run_at bigint not null,
  attempts bigint not null default 0,
  -- A lease fences its holder: a result counts only while the token is still on the row.
  lease_token text,
  lease_until bigint,
  last_error text,
  dead_at bigint,
  done_at bigint,
  created_at bigint not null,
  unique (kind, key)
);
create index jobs_due on jobs (done_at, dead_at, run_at);
