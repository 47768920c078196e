-- Tenants, people, who belongs where, and who is asked to.
create table app.tenants (
  id uuid primary key,
  slug text not null constraint tenants_slug_key unique
    check (slug ~ '^[a-z][a-z0-9-]{1,38}[a-z0-9]$'),
  name text not null check (length(name) between 1 and 100),
  region text not null check (region in ('us', 'eu', 'uk')),
  plan text not null check (plan in ('basic', 'pro', 'enterprise')),
  status text not null default 'active'
    check (status in ('provisioning', 'active', 'suspended', 'deleting', 'deleted')),
  isolation text not null default 'pool' check (isolation in ('pool', 'silo')),
  domain text constraint tenants_domain_key unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index tenants_created on app.tenants (created_at, id);

create table app.users (
  id uuid primary key,
  email text not null,
  name text not null check (length(name) <= 100),
  default_tenant_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index users_default_membership on app.users (default_tenant_id, id)
  where default_tenant_id is not null;

create table app.memberships (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  user_id uuid not null references app.users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'operator', 'auditor', 'viewer')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
create index memberships_user on app.memberships (user_id);
create index memberships_tenant_created on app.memberships (tenant_id, created_at, user_id);

-- Only a tenant that one belongs to can be the default, and it stops being that when one leaves.
alter table app.users add constraint users_default_membership
  foreign key (default_tenant_id, id) references app.memberships (tenant_id, user_id)
  on delete set null (default_tenant_id);

create table app.invitations (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'operator', 'auditor', 'viewer')),
  status text not null default 'pending'
    check (status in ('pending', 'accepted', 'withdrawn', 'expired')),
  invited_by uuid not null references app.users (id),
  accepted_by uuid references app.users (id),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index invitations_pending_email on app.invitations (tenant_id, email) where status = 'pending';
create index invitations_tenant_created on app.invitations (tenant_id, created_at, id);

alter table app.tenants enable row level security;
alter table app.tenants force row level security;
alter table app.users enable row level security;
alter table app.users force row level security;
alter table app.memberships enable row level security;
alter table app.memberships force row level security;
alter table app.invitations enable row level security;
alter table app.invitations force row level security;

-- A tenant's members see their tenant. Nobody in this role creates a tenant: app.found_tenant does.
create policy tenant on app.tenants to app_tenant
  using (id = (select app.tenant_id())) with check (id = (select app.tenant_id()));
create policy tenant on app.memberships to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.invitations to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

-- People see themselves and, inside a tenant, its members: the memberships shown are that tenant's only.
create policy self on app.users to app_tenant
  using (id = (select app.user_id())) with check (id = (select app.user_id()));
create policy fellow_members on app.users for select to app_tenant
  using (exists (select from app.memberships m where m.user_id = users.id));

-- The platform's staff see tenants, none of their content.
create policy platform on app.tenants to app_platform using (true) with check (true);

-- System jobs expire invitations.
create policy system on app.tenants for select to app_system using (true);
create policy system on app.invitations to app_system using (true) with check (true);

-- The owner of the vetted functions.
create policy definer on app.tenants to app_definer using (true) with check (true);
create policy definer on app.users to app_definer using (true) with check (true);
create policy definer on app.memberships to app_definer using (true) with check (true);
create policy definer on app.invitations to app_definer using (true) with check (true);

grant select on app.tenants to app_tenant;
grant update (name, domain, updated_at) on app.tenants to app_tenant;
-- Which tenant is somebody's default is nothing that fellow members of another one may see.
grant select (id, email, name, created_at, updated_at), insert on app.users to app_tenant;
grant update (email, name, default_tenant_id, updated_at) on app.users to app_tenant;
grant select, delete on app.memberships to app_tenant;
grant update (role, updated_at) on app.memberships to app_tenant;
grant select, insert on app.invitations to app_tenant;
grant update (status, updated_at) on app.invitations to app_tenant;
grant select on app.tenants to app_platform;
grant update (status, updated_at) on app.tenants to app_platform;
grant select on app.tenants to app_system;
grant select, update (status, updated_at) on app.invitations to app_system;
grant select, insert on app.tenants to app_definer;
grant select on app.users to app_definer;
grant select, insert on app.memberships to app_definer;
grant select, update (status, accepted_by, updated_at) on app.invitations to app_definer;

comment on table app.tenants is 'Who Plinth serves: a row is a tenant [TEN-1, TEN-2, TEN-5]';
comment on table app.users is 'People, each once, whatever tenants they belong to [IDN-1, TEN-4]';
comment on table app.memberships is 'Who belongs to which tenant, in which role [TEN-4, TEN-5, TEN-8, ACC-2]';
comment on table app.invitations is 'Who was asked to join a tenant, and what came of it [TEN-5, TEN-8]';
