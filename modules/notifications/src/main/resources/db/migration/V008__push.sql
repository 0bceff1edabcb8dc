-- The key pair by which push services know this installation (VAPID), for as long as it lives:
-- browsers have subscribed to its public key. Both in base64url.
create table push_key (
  single boolean primary key default true check (single),
  public_key text not null,
  private_key text not null
);

-- Where browsers are to be pushed to, one for each device. An endpoint is the last user's who named
-- it, as a browser has one whoever is logged in there.
create table push_subscription (
  tenant_id text not null,
  user_id text not null,
  device_id text not null,
  endpoint text not null unique,
  p256dh text not null,
  auth text not null,
  -- The push service, as it is configured.
  origin text not null,
  kept_at timestamptz not null,
  primary key (tenant_id, user_id, device_id)
);

-- What is to be pushed, one row for each target, until it is there or given up.
create table push (
  id bigint generated always as identity primary key,
  room_key bigint not null,
  "offset" bigint not null,
  notification_id uuid not null,
  type text not null,
  priority text not null,
  notified_at timestamptz not null,
  tenant_id text not null,
  user_id text not null,
  -- Null where it is for the webhook.
  device_id text,
  -- Whom it goes to, so that each gets its turn, whatever is due for others.
  origin text not null,
  created_at timestamptz not null,
  -- When it is due; while somebody is at it, when another may be.
  next_at timestamptz not null,
  attempts integer not null default 0,
  unique nulls not distinct (notification_id, device_id),
  foreign key (room_key, "offset") references notification,
  foreign key (tenant_id, user_id, device_id) references push_subscription on delete cascade
) with (fillfactor = 70);

create index push_by_origin on push (origin, next_at);
create index push_by_subscription on push (tenant_id, user_id, device_id);

-- Pushes that were given up.
create table push_dead_letter (
  id bigint generated always as identity primary key,
  notification_id uuid not null,
  type text not null,
  tenant_id text not null,
  user_id text not null,
  device_id text,
  attempts integer not null,
  reason text not null,
  created_at timestamptz not null,
  given_up_at timestamptz not null
);

create index push_dead_letter_by_tenant on push_dead_letter (tenant_id, given_up_at desc, id desc);
create index push_dead_letter_by_given_up_at on push_dead_letter (given_up_at);
