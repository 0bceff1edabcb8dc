-- Who did what to whose access. Rows are added and never changed.
create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  action text not null,
  tenant_id text,
  actor_id text,
  subject text not null,
  concerns_id text
);

create index audit_by_tenant on audit (tenant_id, at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'table % is append-only', tg_table_name;
end
$$;

create trigger audit_is_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
