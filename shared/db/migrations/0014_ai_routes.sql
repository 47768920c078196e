-- Rules by which a model is chosen before those of the house (AI-4), what is preferred (AI-5), and what a day may cost
-- before its tenant is told (AI-2). Rules stand where the rest of a configuration stands, under the same versions: the
-- gate learns of a change with the next request, and a call needs no trip of its own to know them.
alter table app.platform_settings
  add column ai_routes jsonb not null default '[]' check (jsonb_typeof(ai_routes) = 'array');
alter table app.tenant_overrides
  add column ai_routes jsonb not null default '[]' check (jsonb_typeof(ai_routes) = 'array');
alter table app.tenant_settings
  add column ai_routes jsonb not null default '[]' check (jsonb_typeof(ai_routes) = 'array');
-- Pico-dollars; null: the plan's own.
alter table app.ai_tenants add column daily_alert_pico numeric(38, 0) check (daily_alert_pico >= 0);

grant update (ai_routes) on app.platform_settings to app_platform;
grant update (daily_alert_pico) on app.ai_tenants to app_tenant;

create policy definer on app.ai_tenant_preferences for select to app_definer using (true);
create policy definer on app.ai_user_preferences for select to app_definer using (true);
grant select (tenant_id, model) on app.ai_tenant_preferences to app_definer;
grant select (tenant_id, user_id, model) on app.ai_user_preferences to app_definer;

-- Tone and length are read where a prompt is filled in; the class of model is part of the configuration.
create trigger moves_version_when_new after insert on app.ai_tenant_preferences
  for each row when (new.model is not null) execute function app.move_tenant_version();
create trigger moves_version after update of model on app.ai_tenant_preferences
  for each row when (old.model is distinct from new.model) execute function app.move_tenant_version();
create trigger moves_version_when_new after insert on app.ai_user_preferences
  for each row when (new.model is not null) execute function app.move_tenant_version();
create trigger moves_version after update of model on app.ai_user_preferences
  for each row when (old.model is distinct from new.model) execute function app.move_tenant_version();

set local role app_definer;
drop function app.membership(uuid);
drop function app.find_api_key(bytea);
drop function app.platform_state(boolean);

-- As before, and how a model is chosen: the tenant's rules, the platform's about the tenant, and the classes that the
-- caller and the tenant prefer.
create function app.membership(wanted uuid)
  returns table (tenant_id uuid, slug text, plan text, region text, status text, role text, version bigint,
                 time_zone text, environment jsonb, flags jsonb, switched_off text[],
                 rate_overrides jsonb, usage_overrides jsonb, capability_overrides jsonb, flag_overrides jsonb,
                 ai_routes jsonb, ai_exceptions jsonb, ai_own_class text, ai_tenant_class text)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select t.id, t.slug, t.plan, t.region, t.status, m.role, t.version,
           coalesce(s.time_zone, 'UTC'), coalesce(s.environment, '{}'), coalesce(s.flags, '{}'),
           coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}'),
           coalesce(o.rates, '{}'), coalesce(o.usage, '{}'), coalesce(o.capabilities, '{}'),
           coalesce(o.flags, '{}'), coalesce(s.ai_routes, '[]'), coalesce(o.ai_routes, '[]'), own.model, their.model
    from memberships m
    join tenants t on t.id = m.tenant_id
    left join users u on u.id = m.user_id
    left join tenant_settings s on s.tenant_id = t.id
    left join tenant_overrides o on o.tenant_id = t.id
    left join ai_user_preferences own on own.tenant_id = t.id and own.user_id = m.user_id
    left join ai_tenant_preferences their on their.tenant_id = t.id
    where m.user_id = app.user_id()
      and case
        when wanted is not null then t.id = wanted
        when u.default_tenant_id is not null then t.id = u.default_tenant_id
        else (select count(*) from memberships mine where mine.user_id = m.user_id) = 1
      end
  $$;

create function app.find_api_key(wanted bytea)
  returns table (key_id uuid, key_environment text, key_role text, key_scopes text[], key_allowed_addresses text[],
                 key_expires_at timestamptz, key_revoked_at timestamptz, key_last_used_at timestamptz,
                 key_version bigint, tenant_id uuid, slug text, plan text, region text, status text, version bigint,
                 time_zone text, environment jsonb, flags jsonb, switched_off text[], rate_overrides jsonb,
                 usage_overrides jsonb, capability_overrides jsonb, flag_overrides jsonb,
                 ai_routes jsonb, ai_exceptions jsonb, ai_own_class text, ai_tenant_class text)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select k.id, k.environment, k.role, k.scopes, k.allowed_addresses, k.expires_at, k.revoked_at, k.last_used_at,
           k.version, t.id, t.slug, t.plan, t.region, t.status, t.version,
           coalesce(s.time_zone, 'UTC'), coalesce(s.environment, '{}'), coalesce(s.flags, '{}'),
           coalesce(s.switched_off, '{}') || coalesce(o.switched_off, '{}'),
           coalesce(o.rates, '{}'), coalesce(o.usage, '{}'), coalesce(o.capabilities, '{}'),
           coalesce(o.flags, '{}'), coalesce(s.ai_routes, '[]'), coalesce(o.ai_routes, '[]'), own.model, their.model
    from api_keys k
    join tenants t on t.id = k.tenant_id
    left join tenant_settings s on s.tenant_id = t.id
    left join tenant_overrides o on o.tenant_id = t.id
    left join ai_user_preferences own on own.tenant_id = t.id and own.user_id = k.id
    left join ai_tenant_preferences their on their.tenant_id = t.id
    where k.hash = wanted
  $$;

create function app.platform_state(settled boolean)
  returns table (version bigint, capabilities jsonb, flags jsonb, switched_off text[], ai_routes jsonb)
  language plpgsql security definer set search_path = app, pg_temp
  as $$
begin
  if settled then
    return query select p.version, p.capabilities, p.flags, p.switched_off, p.ai_routes
      from platform_settings p for share;
  else
    return query select p.version, p.capabilities, p.flags, p.switched_off, p.ai_routes from platform_settings p;
  end if;
end
$$;

revoke all on function app.membership(uuid) from public;
revoke all on function app.find_api_key(bytea) from public;
revoke all on function app.platform_state(boolean) from public;
grant execute on function app.membership(uuid) to app_tenant;
grant execute on function app.find_api_key(bytea) to app_tenant;
grant execute on function app.platform_state(boolean) to app_tenant, app_platform, app_system;
set local role app_migrator;
