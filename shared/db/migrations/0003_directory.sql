-- The few functions that look across tenants. Each answers one question about the calling user, has a fixed
-- search_path and is owned by app_definer, which can do nothing else.
set local role app_definer;

-- All tenants of the calling user, for choosing one.
create function app.memberships_of_caller()
  returns table (tenant_id uuid, slug text, name text, plan text, region text, status text, role text,
                 joined_at timestamptz, is_default boolean)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select t.id, t.slug, t.name, t.plan, t.region, t.status, m.role, m.created_at,
           u.default_tenant_id is not distinct from t.id
    from memberships m
    join tenants t on t.id = m.tenant_id
    join users u on u.id = m.user_id
    where m.user_id = app.user_id() and t.status <> 'deleted'
    order by m.created_at, t.id
  $$;

-- The tenant that the calling user chose; inside a tenant, nobody reads the choice of somebody else.
create function app.default_tenant_of_caller() returns uuid
  language sql stable security definer set search_path = app, pg_temp
  as $$ select default_tenant_id from users where id = app.user_id() $$;

-- Creates a tenant with the caller as its owner and enters it. Only a tenant that did not exist a moment ago
-- can be entered this way.
create function app.found_tenant(new_tenant uuid, new_slug text, new_name text, new_region text, new_plan text)
  returns app.tenants
  language plpgsql security definer set search_path = app, pg_temp
  as $$
declare
  founded tenants;
begin
  if app.tenant_id() is not null or app.user_id() is null then
    raise exception 'a tenant is founded by a user outside any tenant' using errcode = 'PLN02';
  end if;
  insert into tenants (id, slug, name, region, plan)
    values (new_tenant, new_slug, new_name, new_region, new_plan)
    returning * into founded;
  insert into memberships (tenant_id, user_id, role) values (new_tenant, app.user_id(), 'owner');
  perform set_config('app.tenant_id', new_tenant::text, true);
  return founded;
end
$$;

-- Accepts an invitation that was sent to the caller's verified e-mail address, and enters its tenant.
-- No row: there is no such pending invitation for this address.
create function app.accept_invitation(tenant uuid, invitation uuid, caller_email text)
  returns table (tenant_id uuid, slug text, name text, plan text, region text, status text, role text,
                 joined_at timestamptz, is_default boolean, is_new boolean)
  language plpgsql security definer set search_path = app, pg_temp
  as $$
#variable_conflict use_column
declare
  accepted invitations;
  newcomer boolean;
begin
  if app.tenant_id() is not null or app.user_id() is null then
    raise exception 'an invitation is accepted by a user outside any tenant' using errcode = 'PLN02';
  end if;
  update invitations i
    set status = 'accepted', accepted_by = app.user_id(), updated_at = now()
    where i.tenant_id = tenant and i.id = invitation and i.status = 'pending'
      and i.expires_at > now() and i.email = lower(caller_email)
      and exists (select from tenants t where t.id = i.tenant_id and t.status = 'active')
    returning * into accepted;
  if accepted.id is null then
    return;
  end if;
  insert into memberships (tenant_id, user_id, role)
    values (accepted.tenant_id, app.user_id(), accepted.role)
    on conflict do nothing;
  newcomer := found;
  perform set_config('app.tenant_id', accepted.tenant_id::text, true);
  return query
    select t.id, t.slug, t.name, t.plan, t.region, t.status, m.role, m.created_at,
           u.default_tenant_id is not distinct from t.id, newcomer
    from memberships m
    join tenants t on t.id = m.tenant_id
    join users u on u.id = m.user_id
    where m.tenant_id = accepted.tenant_id and m.user_id = app.user_id();
end
$$;

revoke all on function app.memberships_of_caller() from public;
revoke all on function app.default_tenant_of_caller() from public;
revoke all on function app.found_tenant(uuid, text, text, text, text) from public;
revoke all on function app.accept_invitation(uuid, uuid, text) from public;
grant execute on function app.memberships_of_caller() to app_tenant;
grant execute on function app.default_tenant_of_caller() to app_tenant;
grant execute on function app.found_tenant(uuid, text, text, text, text) to app_tenant;
grant execute on function app.accept_invitation(uuid, uuid, text) to app_tenant;
