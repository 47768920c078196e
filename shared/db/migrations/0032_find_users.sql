-- The platform's staff find people, to help them or to ask a member for access (UI-2). Their login reads neither users nor
-- memberships; this function shows those who fit a text that somebody has to have.
set local role app_definer;
create function app.find_users(wanted text, most integer)
  returns table (id uuid, email text, name text, created_at timestamptz, memberships jsonb)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select u.id, u.email, u.name, u.created_at, coalesce(m.memberships, '[]')
    from users u
    left join lateral (
      select jsonb_agg(jsonb_build_object('tenantId', t.id, 'name', t.name, 'slug', t.slug, 'role', m.role) order by t.name, t.id)
             as memberships
      from memberships m join tenants t on t.id = m.tenant_id
      where m.user_id = u.id
    ) m on true
    where length(wanted) >= 3
      and (position(lower(wanted) in lower(u.email || ' ' || u.name)) > 0 or u.id::text = lower(replace(wanted, 'usr_', '')))
    order by lower(u.email), u.id
    limit most
  $$;
revoke all on function app.find_users(text, integer) from public;
grant execute on function app.find_users(text, integer) to app_platform;
set local role app_migrator;
