-- Keys that programs call a tenant with. Of a key's text only a hash is kept, which no login of a tenant can read.
create table app.api_keys (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  name text not null check (length(name) between 1 and 100),
  environment text not null check (environment in ('live', 'test')),
  role text not null check (role in ('owner', 'admin', 'operator', 'auditor', 'viewer')),
  -- Null: all that the role holds.
  scopes text[],
  -- Addresses and networks; none: it works from anywhere.
  allowed_addresses text[] not null default '{}',
  prefix text not null,
  hash bytea not null check (length(hash) = 32),
  -- Who made it may leave; the key stays.
  created_by_type text not null check (created_by_type in ('person', 'api_key')),
  created_by uuid not null,
  replaces uuid,
  expires_at timestamptz,
  revoked_at timestamptz,
  -- To the hour.
  last_used_at timestamptz,
  version bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, replaces) references app.api_keys (tenant_id, id)
);
create unique index api_keys_hash on app.api_keys (hash);
-- A key is replaced once: of two rotations at once, one finds it done.
create unique index api_keys_replaces on app.api_keys (tenant_id, replaces) where replaces is not null;
create index api_keys_tenant_created on app.api_keys (tenant_id, created_at desc, id desc);

alter table app.api_keys enable row level security;
alter table app.api_keys force row level security;

create policy tenant on app.api_keys to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy definer on app.api_keys for select to app_definer using (true);

grant select (tenant_id, id, name, environment, role, scopes, allowed_addresses, prefix, created_by_type, created_by,
              replaces, expires_at, revoked_at, last_used_at, version, created_at, updated_at), insert
  on app.api_keys to app_tenant;
grant update (name, allowed_addresses, expires_at, revoked_at, last_used_at, updated_at) on app.api_keys to app_tenant;
grant select on app.api_keys to app_definer;

comment on table app.api_keys is 'Keys that programs call a tenant with, as hashes [IDN-8, TEN-2, TEN-5]';

-- What the gate must learn of on the next request; neither a name nor a use is.
create trigger moves_version before update of role, scopes, allowed_addresses, expires_at, revoked_at on app.api_keys
  for each row execute function app.move_version();
create constraint trigger announces_version after update on app.api_keys
  deferrable initially deferred
  for each row when (old.version is distinct from new.version) execute function app.assert_announced('api_key');

-- What a key does is remembered as what a person does: by kind and id. An invitation no longer needs the person.
alter table app.audit_events
  add column actor_type text not null default 'person' check (actor_type in ('person', 'api_key'));
alter table app.invitations
  drop constraint invitations_invited_by_fkey,
  add column invited_by_type text not null default 'person' check (invited_by_type in ('person', 'api_key'));

set local role app_definer;
-- The key with this hash and everything that the gate must know of its tenant; nothing for an unknown hash. Whether
-- the key still holds is the asker's to judge: time passes while the answer is remembered.
create function app.find_api_key(wanted bytea)
  returns table (key_id uuid, key_environment text, key_role text, key_scopes text[], key_allowed_addresses text[],
                 key_expires_at timestamptz, key_revoked_at timestamptz, key_last_used_at timestamptz,
                 key_version bigint, tenant_id uuid, slug text, plan text, region text, status text, version bigint,
                 time_zone text, environment jsonb, flags jsonb, switched_off text[], rate_overrides jsonb,
                 usage_overrides jsonb, capability_overrides jsonb, flag_overrides jsonb)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select k.id, k.environment, k.role, k.scopes, k.allowed_addresses, k.expires_at, k.revoked_at, k.last_used_at,
           k.version, t.id, t.slug, t.plan, t.region, t.status, t.version,
           coalesce(s.time_zone, 'UTC'), coalesce(s.environment, '{}'), coalesce(s.flags, '{}'),
           coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}'),
           coalesce(o.rates, '{}'), coalesce(o.usage, '{}'), coalesce(o.capabilities, '{}'),
           coalesce(o.flags, '{}')
    from api_keys k
    join tenants t on t.id = k.tenant_id
    left join tenant_settings s on s.tenant_id = t.id
    left join tenant_overrides o on o.tenant_id = t.id
    where k.hash = wanted
  $$;
revoke all on function app.find_api_key(bytea) from public;
grant execute on function app.find_api_key(bytea) to app_tenant;
set local role app_migrator;
