-- A call as a value, saved only where nobody else has saved it since it was read: the version says
-- so. What is asked for otherwise stands beside it.
create table call (
  call_id uuid primary key,
  tenant_id text not null,
  caller_id text not null,
  room_id text,
  visit_id text,
  version bigint not null,
  state json not null,
  created_at timestamptz not null,
  -- When a deadline of it has to be looked at; null where there is none.
  due_at timestamptz,
  ended_at timestamptz
) with (fillfactor = 50);

create index call_by_due_at on call (due_at) where due_at is not null;
create index call_by_caller on call (tenant_id, caller_id, created_at);
create index call_by_visit on call (tenant_id, visit_id, created_at) where visit_id is not null;
create index call_by_live_room on call (tenant_id, room_id)
  where ended_at is null and room_id is not null;

-- Everyone who was ever asked to a call, to find the calls of a user.
create table call_participant (
  tenant_id text not null,
  user_id text not null,
  created_at timestamptz not null,
  call_id uuid not null references call on delete cascade,
  primary key (tenant_id, user_id, created_at, call_id)
);

-- Who is being rung or in a call. That a user is in one call only is said by the key.
create table call_live (
  tenant_id text not null,
  user_id text not null,
  call_id uuid not null,
  -- That holds the session which is in the call.
  node text,
  -- Whether others see the user in a call.
  in_call boolean not null default false,
  primary key (tenant_id, user_id)
) with (fillfactor = 50);

create index call_live_by_call on call_live (call_id);
create index call_live_by_node on call_live (node) where node is not null;

-- Who did what when.
create table call_event (
  call_id uuid not null references call on delete cascade,
  version bigint not null,
  at timestamptz not null,
  event text not null,
  user_id text,
  primary key (call_id, version)
);

-- What a change of a call is to bring about and may not have yet. It goes with the change and is
-- deleted soon after; where a node dies in between, another one does it.
create table call_effect (
  call_id uuid not null references call on delete cascade,
  version bigint not null,
  effects json not null,
  at timestamptz not null,
  primary key (call_id, version)
);

create index call_effect_by_at on call_effect (at);

-- What participants report while a call goes on; summed up in its record and deleted at its end.
create table call_sample (
  call_id uuid not null references call on delete cascade,
  user_id text not null,
  bitrate real,
  packets_lost real,
  jitter real,
  latency real,
  audio_level real,
  video_height real,
  frame_rate real
);

create index call_sample_by_call on call_sample (call_id);
