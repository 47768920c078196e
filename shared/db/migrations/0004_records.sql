-- What the chain writes in the operation's own transaction: the audit row, the outbox, the answer to replay.
create table app.audit_events (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  occurred_at timestamptz not null default now(),
  plane text not null check (plane in ('user', 'tenant', 'platform', 'system')),
  actor_id uuid,
  action text not null,
  target_type text,
  target_id text,
  ip text,
  user_agent text,
  request_id text not null,
  reason text,
  before jsonb,
  after jsonb,
  primary key (tenant_id, id)
);
create index audit_events_tenant_time on app.audit_events (tenant_id, occurred_at desc, id desc);

create table app.outbox (
  id uuid primary key,
  tenant_id uuid,
  kind text not null check (kind in ('event', 'job')),
  type text not null,
  payload jsonb not null,
  trace text,
  attempts integer not null default 0,
  available_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index outbox_available on app.outbox (available_at, id);
create index outbox_tenant on app.outbox (tenant_id, id);

create table app.idempotency_keys (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  user_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash text not null,
  status integer,
  -- json, not jsonb: a replay is the first answer to the letter.
  body json,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, key)
);
create index idempotency_keys_created on app.idempotency_keys (created_at);

-- The same for calls outside any tenant: creating one, accepting an invitation, the platform plane.
create table app.user_idempotency_keys (
  user_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash text not null,
  status integer,
  -- json, not jsonb: a replay is the first answer to the letter.
  body json,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index user_idempotency_keys_created on app.user_idempotency_keys (created_at);

alter table app.audit_events enable row level security;
alter table app.audit_events force row level security;
alter table app.outbox enable row level security;
alter table app.outbox force row level security;
alter table app.idempotency_keys enable row level security;
alter table app.idempotency_keys force row level security;
alter table app.user_idempotency_keys enable row level security;
alter table app.user_idempotency_keys force row level security;

-- What the platform's staff did can only be written by their own login.
create policy tenant on app.audit_events to app_tenant
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()) and plane <> 'platform');
create policy platform on app.audit_events for insert to app_platform with check (plane = 'platform');
create policy tenant on app.outbox for insert to app_tenant
  with check (tenant_id is not distinct from (select app.tenant_id()));
create policy platform on app.outbox for insert to app_platform with check (true);
create policy system on app.outbox to app_system using (true) with check (true);
create policy tenant on app.idempotency_keys to app_tenant
  using (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()))
  with check (tenant_id = (select app.tenant_id()) and user_id = (select app.user_id()));
create policy self on app.user_idempotency_keys to app_tenant, app_platform
  using (user_id = (select app.user_id())) with check (user_id = (select app.user_id()));
create policy system on app.idempotency_keys to app_system using (true);
create policy system on app.user_idempotency_keys to app_system using (true);

-- Audit rows are written and read, never changed or removed.
grant select, insert on app.audit_events to app_tenant;
grant insert on app.audit_events to app_platform;
grant insert on app.outbox to app_tenant, app_platform;
grant select, insert, update, delete on app.outbox to app_system;
-- A call that outlives the transaction of its claim gives the key back when it came to nothing.
grant select, insert, delete, update (status, body) on app.idempotency_keys to app_tenant;
grant select, insert, update (status, body) on app.user_idempotency_keys to app_tenant, app_platform;
grant select, delete on app.idempotency_keys to app_system;
grant select, delete on app.user_idempotency_keys to app_system;

comment on table app.audit_events is 'What was done in a tenant: written and read, never changed [AUD-1, TEN-5]';
comment on table app.outbox is 'Events and jobs that wait to be sent, from the transaction that caused them [ARC-2, TEN-5]';
comment on table app.idempotency_keys is 'Answers to repeated calls inside a tenant [API-1, TEN-5]';
comment on table app.user_idempotency_keys is 'Answers to repeated calls outside any tenant [API-1]';
