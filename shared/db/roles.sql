-- Run by the database administrator before every migration; changes nothing the second time.
-- Timeouts belong to the logins: RDS Proxy refuses start-up options and pins on SET.
-- app_migrator owns the schema, app_definer owns the few vetted functions that look across tenants, and the
-- logins are what functions connect as: members of a tenant, the platform's staff, system jobs, and those that keep
-- a tenant's rows and bring them back.
do $$
declare
  login text;
begin
  if not exists (select from pg_roles where rolname = 'app_migrator') then
    create role app_migrator nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'app_definer') then
    create role app_definer nologin;
  end if;
  foreach login in array array['app_tenant', 'app_platform', 'app_system', 'app_backup', 'app_restore'] loop
    if not exists (select from pg_roles where rolname = login) then
      execute format('create role %I login noinherit nobypassrls', login);
    end if;
    -- Aurora's role for IAM authentication; it does not exist on a laptop.
    if exists (select from pg_roles where rolname = 'rds_iam') then
      execute format('grant rds_iam to %I', login);
    end if;
    -- One statement copies or applies all rows of a table, as large as a tenant's tables become.
    execute format('alter role %I set statement_timeout = %L', login,
                   case when login in ('app_backup', 'app_restore') then '14min' else '10s' end);
    execute format('alter role %I set idle_in_transaction_session_timeout = %L', login, '30s');
    execute format('grant connect on database %I to %I', current_database(), login);
  end loop;
  -- Neither strangers nor temporary tables, which could stand in for the kernel's own.
  execute format('revoke all on database %I from public', current_database());
  execute format('grant create on database %I to app_migrator', current_database());
  execute format('grant app_migrator, app_definer to %I', current_user);
  grant app_definer to app_migrator;
end
$$;
revoke all on schema public from public;
