-- Where people are signed in, and on what. Whether a session still counts is not said here: the gate's store knows.
create table app.devices (
  user_id uuid not null,
  -- Chosen by the device itself and worth nothing without its person's token.
  id uuid not null,
  name text not null check (length(name) <= 100),
  os text check (length(os) <= 40),
  app_version text check (length(app_version) <= 40),
  ip text,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  revoked_at timestamptz,
  primary key (user_id, id)
);

create table app.sessions (
  user_id uuid not null,
  -- The sign-in as the user pool names it.
  id uuid not null,
  device_id uuid,
  client text not null check (length(client) <= 100),
  user_agent text,
  started_at timestamptz not null,
  first_ip text,
  last_ip text,
  recorded_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (user_id, id)
);
create index sessions_started on app.sessions (started_at);

alter table app.devices enable row level security;
alter table app.devices force row level security;
alter table app.sessions enable row level security;
alter table app.sessions force row level security;

create policy self on app.devices to app_tenant, app_platform
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
create policy self on app.sessions to app_tenant, app_platform
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
create policy system on app.sessions to app_system using (true);

grant select, insert on app.devices, app.sessions to app_tenant, app_platform;
grant update (name, os, app_version, ip, last_seen_at, revoked_at) on app.devices to app_tenant, app_platform;
grant update (device_id, client, user_agent, last_ip, recorded_at, ended_at) on app.sessions
  to app_tenant, app_platform;
grant select, delete on app.sessions to app_system;

comment on table app.devices is 'What a person has signed in on [IDN-5]';
comment on table app.sessions is 'Where a person has signed in, and when [IDN-4]';
