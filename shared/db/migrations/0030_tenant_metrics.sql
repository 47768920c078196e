-- What was counted of one tenant's requests and jobs, by five minutes (OPS-1), from the lines that functions log.
create table app.tenant_metrics (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  kind text not null check (kind in ('requests', 'jobs')),
  starts_at timestamptz not null check (extract(epoch from starts_at) % 300 = 0),
  -- Requests that were answered, or attempts at jobs.
  calls integer not null check (calls >= 0),
  -- Answers with 5xx, or attempts that failed.
  failed integer not null check (failed between 0 and calls),
  -- Answers with 429; other refusals are the caller's mistakes.
  throttled integer not null check (throttled between 0 and calls),
  -- How many took up to each of the limits in shared/metrics/durations.ts.
  durations integer[] not null check (cardinality(durations) = 20),
  primary key (tenant_id, kind, starts_at)
);
create index tenant_metrics_time on app.tenant_metrics (starts_at);

alter table app.tenant_metrics enable row level security;
alter table app.tenant_metrics force row level security;

create policy tenant on app.tenant_metrics for select to app_tenant using (tenant_id = (select app.tenant_id()));
create policy system on app.tenant_metrics to app_system using (true) with check (true);

grant select on app.tenant_metrics to app_tenant;
grant select, insert, update (calls, failed, throttled, durations), delete on app.tenant_metrics to app_system;

comment on table app.tenant_metrics is 'Requests and jobs of a tenant by five minutes: how many, how long, how many failed [OPS-1, TEN-5]';

-- How much of the tenant's own waits to be sent: a number, and since when.
create policy definer_counts on app.outbox for select to app_definer using (tenant_id = (select app.tenant_id()));
grant select (tenant_id, created_at) on app.outbox to app_definer;

set local role app_definer;
create function app.outbox_waiting() returns table (waiting bigint, since timestamptz)
  language sql stable security definer set search_path = app, pg_temp
  as $$ select count(*), min(created_at) from outbox where tenant_id = app.tenant_id() $$;
revoke all on function app.outbox_waiting() from public;
grant execute on function app.outbox_waiting() to app_tenant;
set local role app_migrator;
