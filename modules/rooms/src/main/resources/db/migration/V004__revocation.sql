-- Whose tokens were revoked, and until when they must have been issued for that, by the clock of the
-- database. There is one row a user, which stays: how long tokens are good is for their issuer to say.
create table revocation (
  tenant_id text not null,
  user_id text not null,
  revoked_at timestamptz not null,
  primary key (tenant_id, user_id)
);

create index revocation_by_revoked_at on revocation (revoked_at);

-- In the words of whoever did it.
alter table audit add column reason text;
