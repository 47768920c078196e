-- Who was told how much of a limit is used. A row is one threshold of one limit in one window, and whoever inserts it
-- publishes the event in the same transaction: so it is told once, however many calls cross it and however often a
-- count is given back. The limit is part of the key: four fifths of a raised limit are another thing to know.
create table app.usage_alerts (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  meter text not null check (meter ~ '^[a-z][a-z_]*$'),
  -- The window as the gate's table names its counter: an hour, a day or a month.
  period text not null check (period ~ '^[hdM][0-9]+$'),
  threshold smallint not null check (threshold in (80, 100)),
  usage_limit bigint not null check (usage_limit > 0),
  used bigint not null,
  told_at timestamptz not null default now(),
  primary key (tenant_id, meter, period, threshold, usage_limit)
);
create index usage_alerts_told on app.usage_alerts (told_at);

alter table app.usage_alerts enable row level security;
alter table app.usage_alerts force row level security;

create policy tenant on app.usage_alerts to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy system on app.usage_alerts to app_system using (true);

grant select, insert on app.usage_alerts to app_tenant;
grant select, delete on app.usage_alerts to app_system;

comment on table app.usage_alerts is 'Which tenant was told of which threshold of a limit [LIM-3, TEN-5]';

-- Somebody named a tenant that is not theirs. The platform learns who it was; the tenant, where there is one, that it
-- happened, and nothing about a person that it does not know. One statement either way, and the caller learns neither.
create policy definer on app.security_events for insert to app_definer with check (true);
grant insert on app.security_events to app_definer;

set local role app_definer;
create function app.record_foreign_attempt(for_platform uuid, for_tenant uuid, wanted uuid, wanted_id text,
                                           detail jsonb, ip text, user_agent text, request_id text)
  returns void
  language sql volatile security definer set search_path = app, pg_temp
  as $$
    insert into security_events (id, tenant_id, user_id, type, subject, detail, ip, user_agent, request_id)
    select for_platform, null, app.user_id(), 'cross_tenant_attempt', wanted_id, detail, ip, user_agent, request_id
    union all
    select for_tenant, t.id, null, 'cross_tenant_attempt', wanted_id, '{}', null, null, request_id
    from tenants t where t.id = wanted
    on conflict do nothing
  $$;
revoke all on function app.record_foreign_attempt(uuid, uuid, uuid, text, jsonb, text, text, text) from public;
grant execute on function app.record_foreign_attempt(uuid, uuid, uuid, text, jsonb, text, text, text) to app_tenant;
set local role app_migrator;
