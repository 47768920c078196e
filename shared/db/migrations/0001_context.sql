-- Who a transaction acts for. The context is local to the transaction: it can never reach the next one.
create schema app;
grant usage on schema app to app_tenant, app_platform, app_system, app_definer;
grant create on schema app to app_definer;

-- What a role may call is granted by name.
alter default privileges revoke execute on functions from public;
alter default privileges for role app_definer revoke execute on functions from public;

-- Not in SQL: an SQL function is parsed anew wherever a policy names it, which was half of what a policy costs.
create function app.tenant_id() returns uuid
  language plpgsql stable parallel safe
  as $$ begin return nullif(current_setting('app.tenant_id', true), '')::uuid; end $$;

create function app.user_id() returns uuid
  language plpgsql stable parallel safe
  as $$ begin return nullif(current_setting('app.user_id', true), '')::uuid; end $$;

-- A stored function, because RDS Proxy pins a connection on SET but not on a function call. It may also say that
-- the transaction only reads, and how long statements may take: a request that nobody waits for any longer must
-- not hold its locks and its connection.
create function app.enter(tenant uuid, "user" uuid, request text, statement_ms integer default null,
                          reading boolean default false)
  returns void
  language plpgsql
  as $$
declare
  -- Assigned and not performed: an expression by itself is evaluated without a query.
  done text;
begin
  if nullif(current_setting('app.tenant_id', true), '') is not null
     or nullif(current_setting('app.user_id', true), '') is not null then
    raise exception 'the transaction was entered before' using errcode = 'PLN01';
  end if;
  done := set_config('app.tenant_id', coalesce(tenant::text, ''), true);
  done := set_config('app.user_id', coalesce("user"::text, ''), true);
  done := set_config('app.request_id', coalesce(request, ''), true);
  if statement_ms is not null then
    done := set_config('statement_timeout', statement_ms::text, true);
  end if;
  if reading then
    done := set_config('transaction_read_only', 'on', true);
  end if;
end
$$;

grant execute on function app.tenant_id(), app.user_id(), app.enter(uuid, uuid, text, integer, boolean)
  to app_tenant, app_platform, app_system;
grant execute on function app.tenant_id(), app.user_id() to app_definer;

-- A time with all its microseconds, for the cursors of lists: a client's own type may keep fewer.
create function app.exact_time(at timestamptz) returns text
  language sql stable parallel safe
  as $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
grant execute on function app.exact_time(timestamptz) to app_tenant, app_platform;
