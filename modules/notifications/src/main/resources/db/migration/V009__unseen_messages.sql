-- Up to which entry it was looked whether somebody has to be notified of a message: all with a lower
-- id are settled. The ids of entries begin with their time. Nobody is notified of what was there
-- before this table.
create table unseen_mark (
  single boolean primary key default true check (single),
  up_to uuid not null
) with (fillfactor = 50);

insert into unseen_mark (up_to)
select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid;

-- The last notification of a user of the messages of a room. There is no other before the room was
-- read up to that message, or the notification was read.
create table message_notice (
  room_key bigint not null references room,
  user_id text not null,
  -- Of the message.
  "offset" bigint not null,
  notification_id uuid not null,
  primary key (room_key, user_id)
) with (fillfactor = 80);
