-- What may differ from tenant to tenant at run time, and the version that moves with it. The gate admits a request
-- only under the version that stands in its own store, so that a change takes effect on the next request.
alter table app.tenants add column version bigint not null default 0;

create table app.tenant_settings (
  tenant_id uuid primary key references app.tenants (id) on delete cascade,
  time_zone text not null default 'UTC',
  -- Values that the tenant's own modules read; never secrets.
  environment jsonb not null default '{}' check (jsonb_typeof(environment) = 'object'),
  flags jsonb not null default '{}' check (jsonb_typeof(flags) = 'object'),
  switched_off text[] not null default '{}',
  updated_at timestamptz not null default now()
);

-- What the platform's staff grant or refuse a tenant beyond its plan.
create table app.tenant_overrides (
  tenant_id uuid primary key references app.tenants (id) on delete cascade,
  rates jsonb not null default '{}' check (jsonb_typeof(rates) = 'object'),
  usage jsonb not null default '{}' check (jsonb_typeof(usage) = 'object'),
  capabilities jsonb not null default '{}' check (jsonb_typeof(capabilities) = 'object'),
  flags jsonb not null default '{}' check (jsonb_typeof(flags) = 'object'),
  switched_off text[] not null default '{}',
  updated_at timestamptz not null default now()
);

-- One row: what holds for every tenant.
create table app.platform_settings (
  only_row boolean primary key default true check (only_row),
  version bigint not null default 0,
  capabilities jsonb not null default '{}' check (jsonb_typeof(capabilities) = 'object'),
  flags jsonb not null default '{}' check (jsonb_typeof(flags) = 'object'),
  switched_off text[] not null default '{}',
  updated_at timestamptz not null default now()
);

insert into app.platform_settings default values;

alter table app.tenant_settings enable row level security;
alter table app.tenant_settings force row level security;
alter table app.tenant_overrides enable row level security;
alter table app.tenant_overrides force row level security;
alter table app.platform_settings enable row level security;
alter table app.platform_settings force row level security;

create policy tenant on app.tenant_settings to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.tenant_overrides for select to app_tenant
  using (tenant_id = (select app.tenant_id()));
create policy platform on app.tenant_overrides to app_platform using (true) with check (true);
create policy platform on app.platform_settings to app_platform using (true) with check (true);
create policy definer on app.tenant_settings for select to app_definer using (true);
create policy definer on app.tenant_overrides for select to app_definer using (true);
create policy definer on app.platform_settings to app_definer using (true) with check (false);

grant select, insert, update on app.tenant_settings to app_tenant;
grant select on app.tenant_overrides to app_tenant;
grant select, insert, update on app.tenant_overrides to app_platform;
grant select, update (version, capabilities, flags, switched_off, updated_at) on app.platform_settings
  to app_platform;
grant update (plan) on app.tenants to app_platform;
grant select on app.tenant_settings, app.tenant_overrides, app.platform_settings to app_definer;
-- Locking a row for share needs the right to change it.
grant update (version) on app.tenants, app.platform_settings to app_definer;

comment on table app.tenant_settings is 'What a tenant sets for itself at run time [TEN-5, TEN-10, CAP-2, CAP-3]';
comment on table app.tenant_overrides is 'What the platform grants or refuses a tenant beyond its plan [CAP-1, LIM-1, LIM-2, TEN-5, TEN-10]';
comment on table app.platform_settings is 'Capabilities, flags and kill switches of the whole deployment [CAP-1, CAP-2, CAP-3]';

-- A version only ever grows, also past a change that was announced and then rolled back: it follows the clock.
create function app.next_version(current bigint) returns bigint
  language sql volatile
  as $$ select greatest(current + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint) $$;
grant execute on function app.next_version(bigint) to app_tenant, app_platform, app_definer;

create function app.move_version() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
begin
  new.version := app.next_version(old.version);
  return new;
end
$$;
create trigger moves_version before update of plan, status, slug, domain on app.tenants
  for each row execute function app.move_version();
create trigger moves_version before update on app.platform_settings
  for each row execute function app.move_version();

-- Instances remember configurations under their versions and learn from the gate that one moved. So a change has to
-- be announced there, and one that was not is never committed. Version and announcement are one statement.
create function app.version_of(kind text, subject uuid) returns bigint
  language plpgsql stable set search_path = app, pg_temp
  as $$
begin
  case kind
    when 'tenant' then return (select version from tenants where id = subject);
    when 'api_key' then return (select version from api_keys where id = subject);
    when 'platform' then return (select version from platform_settings);
  end case;
end
$$;

create function app.announce(kind text, subject uuid) returns bigint
  language plpgsql set search_path = app, pg_temp
  as $$
declare
  announced text := coalesce(current_setting('app.announced', true), '');
  moved bigint := app.version_of(kind, subject);
begin
  perform set_config('app.announced', concat(announced, ' ', kind, ':', moved), true);
  return moved;
end
$$;

-- The row may have moved several times: what counts is where it stands in the end.
create function app.assert_announced() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
declare
  kind text := tg_argv[0];
  subject uuid := to_jsonb(new) ->> 'id';
begin
  -- Whoever administers the database by hand waits until what instances remember is forgotten: a minute.
  if session_user not in ('app_tenant', 'app_platform') then
    return null;
  end if;
  if position(concat(kind, ':', app.version_of(kind, subject))
              in coalesce(current_setting('app.announced', true), '')) = 0 then
    raise exception 'a configuration moved and nobody was told: the operation must call ctx.reconfigure'
      using errcode = 'PLN02', table = tg_table_name;
  end if;
  return null;
end
$$;
grant execute on function app.announce(text, uuid) to app_tenant, app_platform;
-- A change that a definer function made is looked at in its name.
grant execute on function app.version_of(text, uuid) to app_tenant, app_platform, app_definer;

create constraint trigger announces_version after update on app.tenants
  deferrable initially deferred
  for each row when (old.version is distinct from new.version) execute function app.assert_announced('tenant');
create constraint trigger announces_version after update on app.platform_settings
  deferrable initially deferred
  for each row when (old.version is distinct from new.version) execute function app.assert_announced('platform');

set local role app_definer;
-- What is said of a tenant elsewhere moves the tenant's version: roles, settings, overrides.
create function app.move_tenant_version() returns trigger
  language plpgsql security definer set search_path = app, pg_temp
  as $$
begin
  update tenants set version = app.next_version(version)
    where id = case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
  return null;
end
$$;

-- Which of the calling user's tenants a request means: the named one, else the chosen default, else the only one.
-- With it everything that the gate must know of the tenant, under one version.
create function app.membership(wanted uuid)
  returns table (tenant_id uuid, slug text, plan text, region text, status text, role text, version bigint,
                 time_zone text, environment jsonb, flags jsonb, switched_off text[],
                 rate_overrides jsonb, usage_overrides jsonb, capability_overrides jsonb, flag_overrides jsonb)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select t.id, t.slug, t.plan, t.region, t.status, m.role, t.version,
           coalesce(s.time_zone, 'UTC'), coalesce(s.environment, '{}'), coalesce(s.flags, '{}'),
           coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}'),
           coalesce(o.rates, '{}'), coalesce(o.usage, '{}'), coalesce(o.capabilities, '{}'),
           coalesce(o.flags, '{}')
    from memberships m
    join tenants t on t.id = m.tenant_id
    left join users u on u.id = m.user_id
    left join tenant_settings s on s.tenant_id = t.id
    left join tenant_overrides o on o.tenant_id = t.id
    where m.user_id = app.user_id()
      and case
        when wanted is not null then t.id = wanted
        when u.default_tenant_id is not null then t.id = u.default_tenant_id
        else (select count(*) from memberships mine where mine.user_id = m.user_id) = 1
      end
  $$;

-- The version of the tenant that was entered once no change is under way: waits for whoever holds the row.
create function app.settled_version() returns bigint
  language plpgsql security definer set search_path = app, pg_temp
  as $$
declare
  settled bigint;
begin
  select version into settled from tenants where id = app.tenant_id() for share;
  return settled;
end
$$;

-- What holds for every tenant; a change that is under way is waited for when it matters.
create function app.platform_state(settled boolean)
  returns table (version bigint, capabilities jsonb, flags jsonb, switched_off text[])
  language plpgsql security definer set search_path = app, pg_temp
  as $$
begin
  if settled then
    return query select p.version, p.capabilities, p.flags, p.switched_off from platform_settings p for share;
  else
    return query select p.version, p.capabilities, p.flags, p.switched_off from platform_settings p;
  end if;
end
$$;

revoke all on function app.move_tenant_version() from public;
revoke all on function app.platform_state(boolean) from public;
revoke all on function app.membership(uuid) from public;
revoke all on function app.settled_version() from public;
grant execute on function app.membership(uuid) to app_tenant;
grant execute on function app.settled_version() to app_tenant;
grant execute on function app.platform_state(boolean) to app_tenant, app_platform, app_system;
grant execute on function app.move_tenant_version() to app_migrator;
set local role app_migrator;

create trigger moves_version after update or delete on app.memberships
  for each row execute function app.move_tenant_version();
create trigger moves_version after insert or update or delete on app.tenant_settings
  for each row execute function app.move_tenant_version();
create trigger moves_version after insert or update or delete on app.tenant_overrides
  for each row execute function app.move_tenant_version();
