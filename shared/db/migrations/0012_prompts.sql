-- A tenant's own versions of the platform's prompts. A version never changes; which one is in force stands apart.
create table app.prompt_versions (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  key text not null check (key ~ '^[a-z]+(\.[a-z_]+)+$' and length(key) <= 100),
  version integer not null check (version >= 1),
  template text not null check (length(template) between 1 and 20000),
  note text check (length(note) between 1 and 500),
  author_type text not null check (author_type in ('person', 'api_key')),
  author uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key, version)
);

create table app.prompts (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  key text not null check (length(key) <= 100),
  -- Null: the platform's own text.
  version integer,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, key),
  foreign key (tenant_id, key, version) references app.prompt_versions (tenant_id, key, version)
);

-- How models write for a tenant, and for one of its people or keys.
create table app.ai_tenant_preferences (
  tenant_id uuid primary key references app.tenants (id) on delete cascade,
  tone text check (tone in ('professional', 'casual')),
  length text check (length in ('short', 'medium', 'long')),
  model text check (model in ('haiku', 'sonnet', 'opus')),
  updated_at timestamptz not null default now()
);

create table app.ai_user_preferences (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  user_id uuid not null,
  tone text check (tone in ('professional', 'casual')),
  length text check (length in ('short', 'medium', 'long')),
  model text check (model in ('haiku', 'sonnet', 'opus')),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);

alter table app.prompt_versions enable row level security;
alter table app.prompt_versions force row level security;
alter table app.prompts enable row level security;
alter table app.prompts force row level security;
alter table app.ai_tenant_preferences enable row level security;
alter table app.ai_tenant_preferences force row level security;
alter table app.ai_user_preferences enable row level security;
alter table app.ai_user_preferences force row level security;

create policy tenant on app.prompt_versions to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.prompts to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.ai_tenant_preferences to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
-- What somebody prefers is nobody else's business.
create policy tenant on app.ai_user_preferences to app_tenant
  using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
  with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));

grant select, insert on app.prompt_versions to app_tenant;
grant select, insert, update (version, updated_at) on app.prompts to app_tenant;
grant select, insert, update (tone, length, model, updated_at) on app.ai_tenant_preferences to app_tenant;
grant select, insert, update (tone, length, model, updated_at) on app.ai_user_preferences to app_tenant;

comment on table app.prompt_versions is 'A tenant''s versions of prompts: written and read, never changed [AI-5, TEN-5]';
comment on table app.prompts is 'Which version of a prompt is in force for a tenant [AI-5, TEN-5]';
comment on table app.ai_tenant_preferences is 'How models write for a tenant [AI-5, TEN-5]';
comment on table app.ai_user_preferences is 'How models write for one of a tenant''s people or keys [AI-5, TEN-5]';
