-- As before, with two expressions instead of six: each one of a PL/pgSQL function is set up anew in every transaction, and
-- this function is called in all of them.
create or replace function app.enter(tenant uuid, "user" uuid, request text, statement_ms integer default null,
                                     reading boolean default false)
  returns void
  language plpgsql
  as $$
declare
  -- Assigned and not performed: an expression by itself is evaluated without a query.
  done text;
begin
  if current_setting('app.tenant_id', true) <> '' or current_setting('app.user_id', true) <> '' then
    raise exception 'the transaction was entered before' using errcode = 'PLN01';
  end if;
  done := concat(
    set_config('app.tenant_id', coalesce(tenant::text, ''), true),
    set_config('app.user_id', coalesce("user"::text, ''), true),
    set_config('app.request_id', coalesce(request, ''), true),
    case when statement_ms is not null then set_config('statement_timeout', statement_ms::text, true) end,
    case when reading then set_config('transaction_read_only', 'on', true) end);
end
$$;
