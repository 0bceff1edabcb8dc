-- What users have not read. The row of a user is locked by whoever changes the count, after the row
-- of the room where that is locked too.
create table inbox (
  room_key bigint primary key references room,
  tenant_id text not null,
  user_id text not null,
  unread bigint not null default 0 check (unread >= 0),
  -- All up to this offset are read, whatever their rows say.
  read_up_to bigint not null default 0,
  -- Goes up with each change of the count, by which one that comes late is known.
  version bigint not null default 0,
  changed_at timestamptz not null,
  unique (tenant_id, user_id)
) with (fillfactor = 50);

create index inbox_by_changed_at on inbox (changed_at);

-- When a user has read all that there were.
create table inbox_read_all (
  room_key bigint not null references inbox,
  up_to bigint not null,
  read_at timestamptz not null,
  primary key (room_key, up_to)
);

-- Beside the entry of the same room and offset, which says what the notification says.
create table notification (
  room_key bigint not null references inbox,
  "offset" bigint not null,
  -- When it was read by itself.
  read_at timestamptz,
  -- When to look whether it is to be pushed; null where that is settled.
  push_at timestamptz,
  primary key (room_key, "offset")
) with (fillfactor = 80);

create index notification_unread on notification (room_key, "offset") where read_at is null;
create index notification_by_push_at on notification (push_at) where push_at is not null;

create table topic_subscription (
  tenant_id text not null,
  topic text not null,
  user_id text not null,
  primary key (tenant_id, topic, user_id)
);

create index topic_subscription_by_user on topic_subscription (tenant_id, user_id);

-- What is to be sent later, or to the subscribers of a topic: so many users at a time, each time in a
-- transaction that also notes how far it has come.
create table notification_post (
  id uuid primary key,
  tenant_id text not null,
  -- Null where it is for the users in notification_planned.
  topic text,
  content json not null,
  send_at timestamptz not null,
  -- When it is its turn; null once all have it.
  next_at timestamptz,
  -- Up to which user of the topic's subscribers; null before the first.
  reached text,
  done_at timestamptz
) with (fillfactor = 50);

create index notification_post_to_users on notification_post (next_at)
  where next_at is not null and topic is null;
create index notification_post_to_topics on notification_post (next_at)
  where next_at is not null and topic is not null;
create index notification_post_by_done_at on notification_post (done_at) where done_at is not null;

create table notification_planned (
  id uuid primary key,
  post_id uuid not null references notification_post on delete cascade,
  user_id text not null
);

create index notification_planned_by_post on notification_planned (post_id, user_id);

-- By which a request that comes again is known. The user is who has sent it; empty where that is the
-- server itself, which notifies of the same thing once.
create table idempotency_key (
  tenant_id text not null,
  user_id text not null,
  -- Not as it was sent, which may name somebody: PostgreSQL logs it where it comes again.
  key text not null,
  fingerprint text not null,
  ids uuid[] not null,
  created_at timestamptz not null,
  primary key (tenant_id, user_id, key)
);

create index idempotency_key_by_created_at on idempotency_key (created_at);
