-- A domain means its tenant once the tenant has shown that it is its own. Until then it is a claim: any number of
-- tenants may make it, so that nobody can keep a domain from its owner.
alter table app.tenants
  add column domain_verified_at timestamptz,
  add constraint tenants_domain_verified check (domain_verified_at is null or domain is not null),
  drop constraint tenants_domain_key;
create unique index tenants_domain_key on app.tenants (domain) where domain_verified_at is not null;
grant update (domain_verified_at) on app.tenants to app_tenant;

-- What was shown of one domain says nothing of the next one.
create function app.forget_domain_proof() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
begin
  if new.domain is distinct from old.domain then
    new.domain_verified_at := null;
  end if;
  return new;
end
$$;
create trigger forgets_domain_proof before update of domain on app.tenants
  for each row execute function app.forget_domain_proof();

drop trigger moves_version on app.tenants;
create trigger moves_version before update of plan, status, slug, domain, domain_verified_at on app.tenants
  for each row
  when ((old.plan, old.status, old.slug, old.domain, old.domain_verified_at)
        is distinct from (new.plan, new.status, new.slug, new.domain, new.domain_verified_at))
  execute function app.move_version();

set local role app_definer;
-- The tenant that a host name stands for. Public knowledge: whoever asks the domain's name servers sees the proof.
create function app.tenant_of_domain(host text) returns uuid
  language sql stable security definer set search_path = app, pg_temp
  as $$ select id from tenants where domain = lower(host) and domain_verified_at is not null $$;
revoke all on function app.tenant_of_domain(text) from public;
grant execute on function app.tenant_of_domain(text) to app_tenant;
set local role app_migrator;

-- What the platform's staff did that concerns every tenant; what concerns one stands in that tenant's own trail.
create table app.platform_audit_events (
  id uuid primary key,
  occurred_at timestamptz not null default now(),
  actor_id uuid not null,
  action text not null,
  target_type text,
  target_id text,
  ip text,
  user_agent text,
  request_id text not null,
  reason text,
  before jsonb,
  after jsonb
);
create index platform_audit_events_time on app.platform_audit_events (occurred_at desc, id desc);

alter table app.platform_audit_events enable row level security;
alter table app.platform_audit_events force row level security;

create policy platform on app.platform_audit_events for select to app_platform using (true);
create policy platform_writes on app.platform_audit_events for insert to app_platform
  with check (actor_id = (select app.user_id()));

-- Written and read, never changed or removed.
grant select, insert on app.platform_audit_events to app_platform;

comment on table app.platform_audit_events is 'What the platform’s staff did to all tenants: written and read, never changed [AUD-1, CAP-1, CAP-2, CAP-3]';
