-- Everything that was kept of one request (AUD-3, OPS-1): what it did, was refused, asked models for, set going.
alter table app.idempotency_keys add column request_id text default nullif(current_setting('app.request_id', true), '');
alter table app.user_idempotency_keys
  add column request_id text default nullif(current_setting('app.request_id', true), '');

create index audit_events_request on app.audit_events (request_id);
create index platform_audit_events_request on app.platform_audit_events (request_id);
create index security_events_request on app.security_events (request_id);
create index ai_calls_request on app.ai_calls (request_id);
create index idempotency_keys_request on app.idempotency_keys (request_id);
create index user_idempotency_keys_request on app.user_idempotency_keys (request_id);
create index outbox_request on app.outbox (request_id);

-- Ids and facts alone: neither reasons nor addresses, nothing of what was before or after, no prompt and no answer. Who
-- looks sees their own rows in it: those of the tenant that was entered.
create view app.request_traces with (security_invoker = true) as
  select request_id, tenant_id, occurred_at as at, 'audit' as kind, 'aud_' || id as id, action as what,
         actor_type as by_type, actor_id as by_id, target_type || ' ' || target_id as about,
         jsonb_build_object('plane', plane) as facts
  from app.audit_events
  union all
  select request_id, tenant_id, occurred_at, 'security_event', 'sec_' || id, type, 'person', user_id, subject, '{}'
  from app.security_events
  union all
  select request_id, tenant_id, started_at, 'ai_call', id::text, feature,
         case when api_key_id is null then 'person' else 'api_key' end, coalesce(api_key_id, user_id), model,
         jsonb_build_object('provider', provider, 'status', status, 'inputTokens', input_tokens,
                            'outputTokens', output_tokens)
  from app.ai_calls
  union all
  select request_id, tenant_id, created_at, 'idempotency_key', null, 'answer', 'person', user_id, null,
         jsonb_build_object('status', status)
  from app.idempotency_keys
  union all
  select request_id, tenant_id, put_aside_at, 'dead_letter', 'dlt_' || id, type, null, null, queue,
         jsonb_build_object('status', status)
  from app.dead_letters
  union all
  -- What it set going and what became of that: the audit row names it.
  select a.request_id, a.tenant_id, w.at, 'work', a.target_id, a.target_type, null, null, null,
         jsonb_build_object('status', w.status, 'finishedAt', w.finished_at)
  from app.audit_events a
  cross join lateral (
    select case when a.target_id ~ '^(exp|bkp|rst|drl)_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
           then substr(a.target_id, 5)::uuid end as id) target
  cross join lateral (
    select requested_at as at, status, finished_at from app.exports
    where a.target_type = 'export' and tenant_id = a.tenant_id and id = target.id
    union all
    select created_at, status, finished_at from app.backups
    where a.target_type = 'backup' and tenant_id = a.tenant_id and id = target.id
    union all
    select created_at, status, applied_at from app.restores
    where a.target_type = 'restore' and tenant_id = a.tenant_id and id = target.id
    union all
    select created_at, status, finished_at from app.drills
    where a.target_type = 'drill' and tenant_id = a.tenant_id and id = target.id) w;
grant select on app.request_traces to app_tenant, app_definer;
comment on view app.request_traces is 'What was kept of each request: ids and facts [AUD-3, OPS-1, TEN-5]';

-- Of the trail only while a request is traced: other functions of this owner rely on seeing the entered tenant's alone.
create policy definer_traces on app.audit_events for select to app_definer
  using (request_id = (select current_setting('app.traced_request', true)));
create policy definer_traces on app.platform_audit_events for select to app_definer using (true);
create policy definer_traces on app.security_events for select to app_definer using (true);
create policy definer_traces on app.ai_calls for select to app_definer using (true);
create policy definer_traces on app.idempotency_keys for select to app_definer using (true);
create policy definer_traces on app.user_idempotency_keys for select to app_definer using (true);
create policy definer_traces on app.exports for select to app_definer using (true);
create policy definer_traces on app.restores for select to app_definer using (true);
create policy definer_traces on app.drills for select to app_definer using (true);

grant select (request_id, tenant_id, occurred_at, id, action, actor_type, actor_id, target_type, target_id, plane)
  on app.audit_events to app_definer;
grant select (request_id, occurred_at, id, action, actor_id, target_type, target_id)
  on app.platform_audit_events to app_definer;
grant select (request_id, tenant_id, occurred_at, id, type, user_id, subject) on app.security_events to app_definer;
grant select (request_id, tenant_id, started_at, id, feature, api_key_id, user_id, model, provider, status, input_tokens,
              output_tokens)
  on app.ai_calls to app_definer;
grant select (request_id, tenant_id, created_at, user_id, status) on app.idempotency_keys to app_definer;
grant select (request_id, created_at, user_id, status) on app.user_idempotency_keys to app_definer;
grant select (tenant_id, id, requested_at, status, finished_at) on app.exports to app_definer;
grant select (tenant_id, id, created_at, status, finished_at) on app.backups, app.drills to app_definer;
grant select (tenant_id, id, created_at, status, applied_at) on app.restores to app_definer;
grant select (request_id, tenant_id, id, kind, type, attempts, available_at, created_at) on app.outbox to app_definer;

set local role app_definer;

-- The same for the platform's staff, of all tenants and of none, with what still waits to be sent.
create function app.request_trace(wanted text)
  returns table (tenant_id uuid, at timestamptz, kind text, id text, what text, by_type text, by_id uuid, about text,
                 facts jsonb)
  language plpgsql security definer set search_path = app, pg_temp
  as $$
begin
  perform set_config('app.traced_request', wanted, true);
  return query
    select t.tenant_id, t.at, t.kind, t.id, t.what, t.by_type, t.by_id, t.about, t.facts
    from request_traces t where t.request_id = wanted
    union all
    select null, p.occurred_at, 'audit', 'aud_' || p.id, p.action, 'person', p.actor_id,
           p.target_type || ' ' || p.target_id, jsonb_build_object('plane', 'platform')
    from platform_audit_events p where p.request_id = wanted
    union all
    select null, u.created_at, 'idempotency_key', null, 'answer', 'person', u.user_id, null,
           jsonb_build_object('status', u.status)
    from user_idempotency_keys u where u.request_id = wanted
    union all
    select o.tenant_id, o.created_at, 'message', 'msg_' || o.id, o.type, null, null, o.kind,
           jsonb_build_object('attempts', o.attempts, 'nextAt', o.available_at)
    from outbox o where o.request_id = wanted;
  perform set_config('app.traced_request', '', true);
end
$$;

revoke all on function app.request_trace(text) from public;
grant execute on function app.request_trace(text) to app_platform;
set local role app_migrator;
