-- compatible from 4
-- Small facts that expire, kept here only while Redis is away: tickets for sockets.
create table facts (
  name text primary key,
  value text not null,
  expires_at bigint not null
);
create index facts_expiry on facts (expires_at);
