-- What security must know of: breached limits, refusals, attempts across tenants. One row for each breach, however
-- many requests it refuses: the id is made from who, what and when.
create table app.security_events (
  id uuid primary key,
  tenant_id uuid references app.tenants (id) on delete cascade,
  user_id uuid,
  occurred_at timestamptz not null default now(),
  type text not null check (type ~ '^[a-z][a-z_]*$'),
  subject text not null check (length(subject) <= 200),
  detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
  ip text,
  user_agent text,
  request_id text not null
);
create index security_events_tenant_time on app.security_events (tenant_id, occurred_at desc, id desc);
create index security_events_time on app.security_events (occurred_at desc, id desc);

alter table app.security_events enable row level security;
alter table app.security_events force row level security;

-- Outside any tenant, what is written is for the platform alone.
create policy tenant on app.security_events for select to app_tenant
  using (tenant_id = (select app.tenant_id()));
create policy tenant_writes on app.security_events for insert to app_tenant
  with check (tenant_id is not distinct from (select app.tenant_id()));
create policy platform on app.security_events for select to app_platform using (true);
create policy platform_writes on app.security_events for insert to app_platform with check (true);
create policy system on app.security_events for insert to app_system with check (true);

-- Written and read, never changed or removed.
grant select, insert on app.security_events to app_tenant, app_platform;
grant insert on app.security_events to app_system;

comment on table app.security_events is 'Breaches, refusals and attempts across tenants: written and read, never changed [AUD-3, LIM-1, TEN-5, TEN-11]';
