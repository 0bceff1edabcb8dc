-- When users were last known to be there, for as long as Redis does not know better. Written some
-- time after a user has gone.
create table last_seen (
  tenant_id text not null,
  user_id text not null,
  seen_at timestamptz not null,
  primary key (tenant_id, user_id)
) with (fillfactor = 70);
