-- Support acts for a member: asked for with a reason, allowed by the tenant, and over after half an hour. Whether one
-- still counts is not said here: the gate's store knows.
create table app.impersonations (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  staff_id uuid not null,
  -- As the tenant reads them; they are no member of anything.
  staff_name text not null check (length(staff_name) between 1 and 100),
  member_id uuid not null,
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'requested'
    check (status in ('requested', 'approved', 'denied', 'withdrawn', 'started', 'ended')),
  -- Until when a request may be answered, and what was approved may be started.
  expires_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  started_at timestamptz,
  ends_at timestamptz,
  ended_at timestamptz,
  -- Whoever ended it before its time: one of the staff or of the tenant.
  ended_by uuid,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  -- Nobody acts for themselves, and nobody allows it to themselves.
  constraint impersonations_of_others check (staff_id <> member_id and decided_by is distinct from staff_id),
  constraint impersonations_approved check (started_at is null or decided_at is not null),
  constraint impersonations_short check (ends_at <= started_at + interval '30 minutes')
);
create index impersonations_tenant_created on app.impersonations (tenant_id, created_at desc, id desc);
create index impersonations_created on app.impersonations (created_at desc, id desc);
create index impersonations_id on app.impersonations (id);
create index impersonations_member on app.impersonations (member_id) where status = 'started';

alter table app.impersonations enable row level security;
alter table app.impersonations force row level security;

create policy tenant on app.impersonations to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
-- The staff see each other's, and change their own.
create policy platform on app.impersonations for select to app_platform using (true);
create policy platform_asks on app.impersonations for insert to app_platform
  with check (staff_id = (select app.user_id()) and status = 'requested');
create policy platform_own on app.impersonations for update to app_platform
  using (staff_id = (select app.user_id())) with check (staff_id = (select app.user_id()));
create policy definer on app.impersonations to app_definer using (true) with check (true);

grant select, insert on app.impersonations to app_platform;
grant update (status, started_at, ends_at, ended_at, ended_by) on app.impersonations to app_platform;
grant select, update (status, expires_at, decided_by, decided_at, ended_at, ended_by) on app.impersonations to app_tenant;
grant select, update (status, ended_at, ended_by) on app.impersonations to app_definer;

comment on table app.impersonations is 'Support acting for members: asked for, allowed, begun, ended [IDN-11, IDN-4, TEN-5]';

-- The tenant is asked, and asked once: a state is left only for what may follow it.
create function app.assert_impersonation_step() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
begin
  if new.status <> old.status and not (old.status, new.status) in (
      ('requested', 'approved'), ('requested', 'denied'), ('requested', 'withdrawn'),
      ('approved', 'started'), ('approved', 'withdrawn'), ('approved', 'ended'), ('started', 'ended')) then
    raise exception 'an impersonation that is % cannot become %', old.status, new.status using errcode = 'PLN02';
  end if;
  return new;
end
$$;
create trigger asserts_step before update of status on app.impersonations
  for each row execute function app.assert_impersonation_step();

-- What is done for a member by somebody else is remembered with both.
alter table app.audit_events
  add column on_behalf_of uuid,
  add column impersonation_id uuid,
  add constraint audit_events_both check ((on_behalf_of is null) = (impersonation_id is null));

set local role app_definer;
-- Whether somebody belongs to a tenant: asked before a member is asked for, by staff who know both ids.
create function app.is_member(tenant uuid, person uuid) returns boolean
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select exists (
      select from memberships m join tenants t on t.id = m.tenant_id
      where m.tenant_id = tenant and m.user_id = person and t.status = 'active')
  $$;

-- For whom the calling member of the staff acts under this id; nothing before it was started and after it was ended.
create function app.find_impersonation(wanted uuid)
  returns table (tenant_id uuid, member_id uuid, reason text, started_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select i.tenant_id, i.member_id, i.reason, i.started_at, i.ends_at
    from impersonations i
    where i.id = wanted and i.staff_id = app.user_id() and i.status = 'started'
  $$;

-- Who acts for the calling person in any of their tenants.
create function app.impersonations_of_caller()
  returns table (id uuid, tenant_id uuid, staff_name text, reason text, started_at timestamptz, ends_at timestamptz)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select i.id, i.tenant_id, i.staff_name, i.reason, i.started_at, i.ends_at
    from impersonations i
    where i.member_id = app.user_id() and i.status = 'started'
    order by i.started_at desc, i.id
  $$;

-- Ends what is done for the calling person; all of it, or the one that is named.
create function app.end_impersonations_of_caller(wanted uuid)
  returns table (id uuid, staff_id uuid)
  language sql security definer set search_path = app, pg_temp
  as $$
    update impersonations i set status = 'ended', ended_at = now(), ended_by = app.user_id()
    where i.member_id = app.user_id() and i.status = 'started' and (wanted is null or i.id = wanted)
    returning i.id, i.staff_id
  $$;

revoke all on function app.is_member(uuid, uuid) from public;
revoke all on function app.find_impersonation(uuid) from public;
revoke all on function app.impersonations_of_caller() from public;
revoke all on function app.end_impersonations_of_caller(uuid) from public;
grant execute on function app.is_member(uuid, uuid) to app_platform;
grant execute on function app.find_impersonation(uuid) to app_tenant;
grant execute on function app.impersonations_of_caller() to app_tenant;
grant execute on function app.end_impersonations_of_caller(uuid) to app_tenant;
set local role app_migrator;
