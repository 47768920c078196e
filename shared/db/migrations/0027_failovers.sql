-- Failovers to another region (BKP-4): written by the machine in the region that goes on, once it has the database.
create table app.failovers (
  id uuid primary key,
  mode text not null check (mode in ('planned', 'forced')),
  from_region text not null,
  to_region text not null check (to_region <> from_region),
  reason text not null,
  -- A person outside the platform's own directory, which may be gone as well.
  decided_by text not null,
  started_at timestamptz not null,
  -- When the region was gone.
  lost_since timestamptz not null,
  -- From then until the other region answered.
  rto_ms bigint check (rto_ms >= 0),
  -- Of what was committed before it at most this much is missing; null where nobody knows.
  rpo_ms bigint check (rpo_ms >= 0),
  finished_at timestamptz,
  -- Tenants are told in the order of their ids, up to this one.
  told_until uuid,
  constraint failovers_measured check (finished_at is null or rto_ms is not null)
);
create index failovers_started on app.failovers (started_at desc, id desc);

alter table app.failovers enable row level security;
alter table app.failovers force row level security;

create policy platform on app.failovers for select to app_platform using (true);
create policy worker on app.failovers to app_restore using (true) with check (true);
grant select on app.failovers to app_platform;
grant select, insert, update (rto_ms, rpo_ms, finished_at, told_until) on app.failovers to app_restore;

comment on table app.failovers is 'Which region went on for which, why, how long it took and what was lost [BKP-4, VAL-2]';

set local role app_definer;

-- Tenants in the order of their ids: each is entered, one after the other.
create function app.tenants_after(after uuid, at_most integer) returns table (tenant_id uuid)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select id from tenants where status = 'active' and (after is null or id > after) order by id limit at_most
  $$;
revoke all on function app.tenants_after(uuid, integer) from public;
grant execute on function app.tenants_after(uuid, integer) to app_restore;

set local role app_migrator;
