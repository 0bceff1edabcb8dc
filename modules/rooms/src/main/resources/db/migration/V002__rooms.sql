-- Names the history that offsets belong to.
create table history_epoch (
  single boolean primary key default true check (single),
  epoch text not null
);

insert into history_epoch (epoch) values (gen_random_uuid()::text);

-- Users as far as they are known: by the role of their last token, or as members of a visit.
create table app_user (
  tenant_id text not null,
  user_id text not null,
  role text not null,
  primary key (tenant_id, user_id)
);

-- The row of a room is locked by whoever appends to its log or changes its members.
create table room (
  key bigint generated always as identity primary key,
  tenant_id text not null,
  room_id text not null,
  kind text not null,
  top bigint not null default 0,
  updated_at timestamptz not null,
  unique (tenant_id, room_id)
) with (fillfactor = 50);

-- delivered and read are offsets; they only move up and never pass the room's top.
create table room_member (
  room_key bigint not null references room,
  user_id text not null,
  tenant_id text not null,
  role text,
  delivered bigint not null default 0,
  read bigint not null default 0,
  primary key (room_key, user_id)
) with (fillfactor = 50);

create index room_member_by_user on room_member (tenant_id, user_id, room_key);

-- The room log: offsets are 1, 2, 3 ... in each room, without a gap; times never go back in a room.
create table entry (
  room_key bigint not null references room,
  "offset" bigint not null,
  id uuid not null,
  kind text not null,
  sender_id text,
  client_message_id text,
  content json not null,
  created_at timestamptz not null,
  primary key (room_key, "offset")
);

create unique index entry_once on entry (room_key, sender_id, client_message_id)
  where client_message_id is not null;

create table visit (
  tenant_id text not null,
  visit_id text not null,
  room_key bigint not null references room,
  patient_id text not null,
  provider_id text not null,
  status text not null,
  scheduled_at timestamptz,
  primary key (tenant_id, visit_id)
);

create table care_group (
  tenant_id text not null,
  group_id text not null,
  room_key bigint not null references room,
  title text,
  primary key (tenant_id, group_id)
);

-- Whether the two users of a chat may talk: one of them is staff, or they share a visit or a group.
create function may_chat(tenant text, chat_room_id text) returns boolean language sql stable as $$
  select exists (
    select from app_user
    where tenant_id = tenant
      and user_id in (split_part(chat_room_id, ':', 2), split_part(chat_room_id, ':', 3))
      and role in ('provider', 'admin')
  ) or exists (
    select
    from room_member one
    join room_member other using (room_key)
    join room on room.key = one.room_key
    where one.tenant_id = tenant
      and one.user_id = split_part(chat_room_id, ':', 2)
      and other.user_id = split_part(chat_room_id, ':', 3)
      and room.kind in ('visit', 'group')
  )
$$;

-- The first offset of a room that is not older than the given time, top + 1 where all are: a binary
-- search, as times never go back in a room.
create function first_offset_at(room bigint, room_top bigint, moment timestamptz) returns bigint
language plpgsql stable as $$
declare
  low bigint := 1;
  high bigint := room_top + 1;
  middle bigint;
begin
  while low < high loop
    middle := (low + high) / 2;
    if (select created_at < moment from entry where room_key = room and "offset" = middle) then
      low := middle + 1;
    else
      high := middle;
    end if;
  end loop;
  return low;
end
$$;
