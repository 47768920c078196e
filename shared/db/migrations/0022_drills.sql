-- Rehearsed restores (BKP-3): a tenant's newest backup is restored into a scratch tenant, measured, and undone.
create table app.drills (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  -- Of the same tenant; the row of a backup may be forgotten before what was learned from it.
  backup_id uuid not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'passed', 'failed')),
  -- Null: the schedule did.
  requested_by uuid,
  schema_version integer,
  table_count integer,
  row_count bigint,
  byte_count bigint,
  -- From the first byte read until everything was verified.
  rto_ms bigint check (rto_ms >= 0),
  -- How old the backup was then: what was written since would have been lost.
  rpo_ms bigint check (rpo_ms >= 0),
  -- What was found wrong, in words that stay the same.
  findings text[] not null default '{}',
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  constraint drills_measured check (status <> 'passed'
    or (num_nulls(schema_version, table_count, row_count, byte_count, rto_ms, rpo_ms, finished_at) = 0
        and findings = '{}')),
  constraint drills_explained check (status <> 'failed' or findings <> '{}')
);
create index drills_created on app.drills (created_at desc, id desc);

alter table app.drills enable row level security;
alter table app.drills force row level security;

-- A tenant sees how its own backups did, the platform all of them; the worker writes inside the tenant.
create policy tenant on app.drills for select to app_tenant using (tenant_id = (select app.tenant_id()));
create policy platform on app.drills for select to app_platform using (true);
create policy platform_queues on app.drills for insert to app_platform
  with check (status = 'queued' and requested_by = (select app.user_id()));
create policy system on app.drills for select to app_system using (true);
create policy system_queues on app.drills for insert to app_system
  with check (status = 'queued' and requested_by is null);
create policy worker on app.drills for update to app_restore
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

grant select on app.drills to app_tenant, app_platform, app_system;
grant insert on app.drills to app_platform, app_system;
grant update (status, schema_version, table_count, row_count, byte_count, rto_ms, rpo_ms, findings, started_at,
              finished_at)
  on app.drills to app_restore;

comment on table app.drills is 'Rehearsed restores: of which backup, how long they took, what was wrong [BKP-3, TEN-5]';

select app.declare_backup('app.drills', 'kept', 'what was learned of the backups');

create policy definer on app.backups for select to app_definer using (true);
grant select (tenant_id, id, status, snapshot_at) on app.backups to app_definer;
create policy definer on app.restores to app_definer
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
grant select (id), insert, update (readmitted) on app.restores to app_definer;

set local role app_definer;

-- A tenant by chance among those that have a backup, or the wanted one, and its newest.
create function app.drill_candidate(wanted uuid)
  returns table (tenant_id uuid, backup_id uuid, snapshot_at timestamptz)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select * from (
      select distinct on (b.tenant_id) b.tenant_id, b.id, b.snapshot_at
      from backups b
      where b.status = 'done' and (wanted is null or b.tenant_id = wanted)
      order by b.tenant_id, b.snapshot_at desc, b.id
    ) newest
    order by random() limit 1
  $$;

-- The scratch tenant of a rehearsal, which whoever entered it makes and never commits: it has no members, no address
-- and a status in which nobody may enter.
create function app.open_scratch_tenant() returns void
  language sql security definer set search_path = app, pg_temp
  as $$
    insert into tenants (id, slug, name, region, plan, status)
    select app.tenant_id(), 'scratch-' || left(md5(app.tenant_id()::text), 20), 'Scratch', 'us', 'basic', 'deleted'
  $$;

create function app.is_scratch_tenant() returns boolean
  language sql stable set search_path = app, pg_temp
  as $$
    select exists (select from tenants where id = app.tenant_id() and status = 'deleted' and slug like 'scratch-%')
  $$;

-- The restore that is rehearsed there. Nobody asked for it and nobody approved, so it is opened nowhere else.
create function app.open_scratch_restore(restore uuid) returns void
  language sql security definer set search_path = app, pg_temp
  as $$
    insert into restores (tenant_id, id, at, reason, status, requested_by_type, requested_by, expires_at)
    select app.tenant_id(), restore, now(), 'A rehearsal', 'preparing', 'person', restore, now()
    where app.is_scratch_tenant()
  $$;

-- Everybody of the backup comes along: in a scratch tenant nothing was ever taken from anybody.
create function app.readmit_to_scratch(restore uuid, people uuid[]) returns void
  language sql security definer set search_path = app, pg_temp
  as $$ update restores set readmitted = people where id = restore and app.is_scratch_tenant() $$;

revoke all on function app.is_scratch_tenant() from public;
revoke all on function app.drill_candidate(uuid) from public;
revoke all on function app.open_scratch_tenant() from public;
revoke all on function app.open_scratch_restore(uuid) from public;
revoke all on function app.readmit_to_scratch(uuid, uuid[]) from public;
grant execute on function app.drill_candidate(uuid) to app_platform, app_system;
grant execute on function app.open_scratch_tenant() to app_restore;
grant execute on function app.open_scratch_restore(uuid), app.readmit_to_scratch(uuid, uuid[]) to app_restore;

set local role app_migrator;
