-- A transaction may say how long its statements may take: a request that nobody waits for any longer must not
-- hold its locks and its connection. Set here, because RDS Proxy pins a connection on SET.
drop function app.enter(uuid, uuid, text);

create function app.enter(tenant uuid, "user" uuid, request text, statement_ms integer default null)
  returns void
  language plpgsql
  as $$
begin
  if app.tenant_id() is not null or app.user_id() is not null then
    raise exception 'the transaction was entered before' using errcode = 'PLN01';
  end if;
  perform set_config('app.tenant_id', coalesce(tenant::text, ''), true),
          set_config('app.user_id', coalesce("user"::text, ''), true),
          set_config('app.request_id', coalesce(request, ''), true);
  if statement_ms is not null then
    perform set_config('statement_timeout', statement_ms::text, true);
  end if;
end
$$;
grant execute on function app.enter(uuid, uuid, text, integer) to app_tenant, app_platform, app_system;
