-- What calls of models cost, and what they may cost. The running counters stand in the gate's table, where they are
-- reserved and settled; here stands what was decided and what came of it.

-- One row for each call. Whoever writes it first, the call or the sweep after a crash, decides what the call cost.
create table app.ai_calls (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  started_at timestamptz not null,
  -- `settled`: the provider's own count. `bounded`: counted at the most it can have been. `failed`: cost nothing.
  -- `expired`: nobody came back, counted as reserved. `imported`: from a log of another system.
  status text not null check (status in ('settled', 'bounded', 'failed', 'expired', 'imported')),
  user_id uuid,
  api_key_id uuid,
  feature text not null check (length(feature) between 1 and 100),
  provider text not null check (length(provider) <= 40),
  model text not null check (length(model) <= 100),
  rule text not null check (length(rule) <= 100),
  input_tokens bigint not null default 0 check (input_tokens >= 0),
  output_tokens bigint not null default 0 check (output_tokens >= 0),
  cache_read_tokens bigint not null default 0 check (cache_read_tokens >= 0),
  cache_write_tokens bigint not null default 0 check (cache_write_tokens >= 0),
  -- Pico-dollars: 10^-12 USD.
  cost_pico numeric(38, 0) not null check (cost_pico >= 0),
  reserved_pico numeric(38, 0) not null check (reserved_pico >= 0),
  latency_ms integer check (latency_ms >= 0),
  attempts integer not null default 1 check (attempts >= 0),
  over_budget boolean not null default false,
  request_id text not null,
  -- Of an imported row: what was run, and how often.
  run text check (length(run) <= 200),
  iterations integer check (iterations >= 0),
  primary key (tenant_id, id)
);
create index ai_calls_tenant_time on app.ai_calls (tenant_id, started_at desc, id desc);

create table app.ai_budgets (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  scope text not null check (scope in ('tenant', 'user', 'feature', 'api_key')),
  -- A bare id or a feature's name; empty for the tenant itself.
  subject text not null check (length(subject) <= 100 and (scope = 'tenant') = (subject = '')),
  period text not null check (period in ('day', 'month')),
  limit_pico numeric(38, 0) not null check (limit_pico >= 0),
  policy text not null check (policy in ('block', 'overage')),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, scope, subject, period)
);

create table app.ai_budget_increases (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  scope text not null,
  subject text not null,
  period text not null,
  amount_pico numeric(38, 0) not null check (amount_pico > 0),
  reason text not null check (length(reason) between 1 and 500),
  expires_at timestamptz not null,
  granted_by_type text not null check (granted_by_type in ('person', 'api_key')),
  granted_by uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index ai_budget_increases_of on app.ai_budget_increases (tenant_id, scope, subject, period);

-- A budget is told of once in each of its windows, at each share of it.
create table app.ai_budget_alerts (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  scope text not null,
  subject text not null,
  period text not null,
  period_name text not null,
  percent integer not null,
  alerted_at timestamptz not null default now(),
  primary key (tenant_id, scope, subject, period, period_name, percent)
);

-- Who calls models at all, for the sweep; and the version that the budgets are published under.
create table app.ai_tenants (
  tenant_id uuid primary key references app.tenants (id) on delete cascade,
  budgets_version bigint not null default 0,
  active_at timestamptz not null default now()
);
create index ai_tenants_active on app.ai_tenants (active_at);

do $$
declare
  name text;
begin
  foreach name in array array['ai_calls', 'ai_budgets', 'ai_budget_increases', 'ai_budget_alerts', 'ai_tenants'] loop
    execute format('alter table app.%I enable row level security', name);
    execute format('alter table app.%I force row level security', name);
    execute format('create policy tenant on app.%I to app_tenant using (tenant_id = (select app.tenant_id()))
                    with check (tenant_id = (select app.tenant_id()))', name);
  end loop;
end
$$;

-- The sweep works for one tenant after the other, entered as each of them.
create policy system on app.ai_calls to app_system
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy system on app.ai_budgets for select to app_system using (tenant_id = (select app.tenant_id()));
create policy system on app.ai_budget_increases for select to app_system
  using (tenant_id = (select app.tenant_id()));
create policy system on app.ai_budget_alerts to app_system
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy system on app.ai_tenants for select to app_system using (true);
create policy system_writes on app.ai_tenants for update to app_system
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy system on app.tenant_settings for select to app_system
  using (tenant_id = (select app.tenant_id()));
create policy definer on app.ai_calls for select to app_definer using (true);

-- The ledger is written and read, never changed.
grant select, insert on app.ai_calls to app_tenant, app_system;
grant select, insert, update (limit_pico, policy, updated_at), delete on app.ai_budgets to app_tenant;
grant select, insert, delete on app.ai_budget_increases to app_tenant;
grant select, insert on app.ai_budget_alerts to app_tenant, app_system;
grant select, insert, update (budgets_version, active_at) on app.ai_tenants to app_tenant;
grant select on app.ai_budgets, app.ai_budget_increases, app.ai_tenants to app_system;
grant update (budgets_version) on app.ai_tenants to app_system;
grant execute on function app.next_version(bigint) to app_system;
grant select (tenant_id, time_zone) on app.tenant_settings to app_system;
grant select on app.ai_calls to app_definer;

comment on table app.ai_calls is 'Every call of a model and what it cost: written and read, never changed [AI-2, AI-3, TEN-5]';
comment on table app.ai_budgets is 'What a tenant, or a part of it, may spend on AI [AI-3, TEN-5]';
comment on table app.ai_budget_increases is 'What was granted on top of a budget for a while, and why [AI-3, TEN-5]';
comment on table app.ai_budget_alerts is 'Which shares of which budgets a tenant was told of [AI-3, TEN-5]';
comment on table app.ai_tenants is 'Which tenants call models, and the version of their budgets [AI-3, TEN-5]';

set local role app_definer;
-- What the providers charge for each tenant. Sums alone: the platform's staff see no call of anybody.
create function app.ai_cost_by_tenant(since timestamptz, before timestamptz)
  returns table (tenant_id uuid, calls bigint, cost_pico numeric)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select c.tenant_id, count(*), sum(c.cost_pico)
    from ai_calls c
    where c.started_at >= since and c.started_at < before and c.status <> 'imported'
    group by c.tenant_id
  $$;
revoke all on function app.ai_cost_by_tenant(timestamptz, timestamptz) from public;
grant execute on function app.ai_cost_by_tenant(timestamptz, timestamptz) to app_platform;
set local role app_migrator;
