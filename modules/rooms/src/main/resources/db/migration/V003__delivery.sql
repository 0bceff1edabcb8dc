-- Entries are acknowledged by their ids too. Ids are in the order of time, so this index grows at
-- its end only.
create index entry_by_id on entry (id);

-- The devices of users, as they have named them; one unseen for long is forgotten. A device is
-- noted as seen at most once a day.
create table device (
  key bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  device_id text not null,
  seen_at timestamptz not null,
  unique (tenant_id, user_id, device_id)
);

create index device_by_seen_at on device (seen_at);

-- The highest offset that a device has acknowledged in a room; it only moves up. In a room without
-- a row here, which is one that its user entered after the device was first seen, it is 0.
create table device_cursor (
  device_key bigint not null references device on delete cascade,
  room_key bigint not null references room,
  "offset" bigint not null,
  primary key (device_key, room_key)
) with (fillfactor = 50);
