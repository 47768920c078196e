-- Backups of one tenant, and its restore (BKP-1, BKP-2). Two more logins work here, each inside the tenant that it
-- entered and nowhere else: app_backup reads what a tenant has, app_restore also writes what a restore may write.

-- What becomes of a table in a restore stands with the table itself, as the comment of its policy `backup`:
--   restored   as it was at the time of the backup: rows return, change back, go
--   completed  rows that are missing or differ return; those that came later stay
--   columns    of rows that are there, these columns change back
--   kept       it is in the backup; what happened since is never undone
-- A lint finds a table that says nothing.
create function app.declare_backup(wanted regclass, mode text, why text, fields text[] default null) returns void
  language plpgsql set search_path = app, pg_temp
  as $$
declare
  mine text := case when wanted = 'app.tenants'::regclass then 'id' else 'tenant_id' end
    || ' = (select app.tenant_id())';
begin
  if mode not in ('restored', 'completed', 'columns', 'kept') or (mode = 'columns') <> (fields is not null) then
    raise exception '% is no way of restoring %', mode, wanted using errcode = 'PLN02';
  end if;
  execute format('create policy backup on %s for select to app_backup%s using (%s)', wanted,
                 case when mode = 'kept' then ', app_restore' else '' end, mine);
  execute format('comment on policy backup on %s is %L', wanted,
                 jsonb_build_object('mode', mode, 'fields', fields, 'why', why));
  execute format('grant select on %s to app_backup, app_restore', wanted);
  if mode = 'kept' then
    return;
  end if;
  execute format('create policy restore on %s to app_restore using (%s) with check (%2$s)', wanted, mine);
  if mode = 'columns' then
    execute format('grant update (%s) on %s to app_restore',
                   (select string_agg(quote_ident(field), ', ') from unnest(fields) field), wanted);
    return;
  end if;
  -- Of the whole table, so that columns which are added later are restored as well.
  execute format('grant insert, update on %s to app_restore', wanted);
  if mode = 'restored' then
    execute format('grant delete on %s to app_restore', wanted);
  end if;
end
$$;

grant usage on schema app to app_backup, app_restore;
grant execute on function app.tenant_id(), app.user_id(), app.enter(uuid, uuid, text, integer, boolean)
  to app_backup, app_restore;
grant execute on function app.platform_state(boolean) to app_backup, app_restore;
grant execute on function app.exact_time(timestamptz), app.next_version(bigint), app.announce(text, uuid),
  app.version_of(text, uuid) to app_restore;

create table app.backups (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  kind text not null check (kind in ('scheduled', 'manual', 'before_restore')),
  status text not null default 'queued' check (status in ('queued', 'running', 'done', 'failed', 'expired')),
  -- Null: nobody asked, the schedule did.
  requested_by_type text check (requested_by_type in ('person', 'api_key')),
  requested_by uuid,
  -- Of the archive: what it holds and how it is opened is said in docs/backups.md.
  schema_version integer,
  snapshot_at timestamptz,
  salt text,
  bytes bigint,
  sha256 text,
  contents jsonb,
  -- Of its object, where the bucket keeps several.
  version_id text,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  constraint backups_requested check ((requested_by is null) = (requested_by_type is null)),
  constraint backups_complete check (
    status <> 'done' or num_nulls(schema_version, snapshot_at, salt, bytes, sha256, contents) = 0)
);
create index backups_tenant_created on app.backups (tenant_id, created_at desc, id desc);
create index backups_expiring on app.backups (expires_at) where status in ('done', 'failed');
create index backups_going on app.backups (created_at) where status in ('queued', 'running');

create table app.restores (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  -- From a backup, or from the log of the whole database at a time.
  backup_id uuid,
  at timestamptz,
  reason text not null check (length(reason) between 3 and 500),
  status text not null default 'requested' check (status in (
    'requested', 'rejected', 'cancelled', 'expired', 'preparing', 'ready', 'applying', 'applied', 'failed')),
  -- The restore that it takes back.
  undoes uuid,
  requested_by_type text not null check (requested_by_type in ('person', 'api_key')),
  requested_by uuid not null,
  decided_by uuid,
  decided_at timestamptz,
  applied_by uuid,
  -- What the archive says of itself, what was found wrong with it, and what applying it would change.
  archive jsonb,
  findings jsonb,
  difference jsonb,
  -- The members who shall have back what was taken from them since; of all others it stays taken.
  readmitted uuid[] not null default '{}',
  -- The tenant as it was before, which an undo goes back to.
  safety_backup_id uuid,
  error text,
  created_at timestamptz not null default now(),
  prepared_at timestamptz,
  applied_at timestamptz,
  told_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, backup_id) references app.backups (tenant_id, id),
  foreign key (tenant_id, safety_backup_id) references app.backups (tenant_id, id),
  foreign key (tenant_id, undoes) references app.restores (tenant_id, id),
  constraint restores_source check (num_nonnulls(backup_id, at) >= 1),
  constraint restores_by_two check (decided_by is distinct from requested_by)
);
create index restores_tenant_created on app.restores (tenant_id, created_at desc, id desc);
-- One at a time: what one prepares, another would change under it.
create unique index restores_going on app.restores (tenant_id)
  where status in ('requested', 'preparing', 'ready', 'applying');
create index restores_expiring on app.restores (expires_at) where status in ('requested', 'ready');

-- Rows of a backup beside the live ones, until they are applied or not: the text of each column, in the order that
-- the restore's archive names.
create table app.restore_rows (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  restore_id uuid not null,
  table_name text not null,
  ordinal bigint not null,
  row jsonb not null check (jsonb_typeof(row) = 'array'),
  primary key (tenant_id, restore_id, table_name, ordinal)
);

do $$
declare
  name text;
begin
  foreach name in array array['backups', 'restores', 'restore_rows'] loop
    execute format('alter table app.%I enable row level security', name);
    execute format('alter table app.%I force row level security', name);
  end loop;
  foreach name in array array['backups', 'restores'] loop
    execute format('create policy tenant on app.%I to app_tenant using (tenant_id = (select app.tenant_id()))
                    with check (tenant_id = (select app.tenant_id()))', name);
    execute format('create policy worker on app.%I to app_backup, app_restore
                    using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()))',
                   name);
    -- The schedule looks at all tenants, to see whose backup is due and what is over; it queues inside of each.
    execute format('create policy system on app.%I for select to app_system using (true)', name);
    execute format('create policy system_expires on app.%I for update to app_system using (true)', name);
  end loop;
end
$$;
create policy system_queues on app.backups for insert to app_system
  with check (tenant_id = (select app.tenant_id()) and kind = 'scheduled');
create policy worker on app.restore_rows to app_restore
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy system on app.restore_rows to app_system using (true);

grant select, insert on app.backups to app_tenant;
grant select, insert, update (status, decided_by, decided_at, applied_by, readmitted) on app.restores to app_tenant;
grant select, update (status, schema_version, snapshot_at, salt, bytes, sha256, contents, version_id, error, started_at,
                      finished_at)
  on app.backups to app_backup, app_restore;
grant insert on app.backups to app_restore;
grant update (status, archive, findings, difference, safety_backup_id, error, prepared_at, applied_at, told_at,
              expires_at)
  on app.restores to app_restore;
grant select, insert, delete on app.restore_rows to app_restore;
grant select (tenant_id, id, kind, status, snapshot_at, created_at, expires_at), update (status), insert
  on app.backups to app_system;
grant select (tenant_id, id, status, created_at, expires_at), update (status) on app.restores to app_system;
grant select (tenant_id, restore_id), delete on app.restore_rows to app_system;

-- What was restored is published under a version of its own.
grant update (budgets_version) on app.ai_tenants to app_restore;

-- What they leave behind, as every function does.
create policy worker on app.outbox for insert to app_backup, app_restore
  with check (tenant_id = (select app.tenant_id()));
grant insert on app.outbox to app_backup, app_restore;
create policy worker on app.audit_events for insert to app_backup, app_restore
  with check (tenant_id = (select app.tenant_id()) and plane = 'system');
grant insert on app.audit_events to app_backup, app_restore;
create policy worker on app.security_events for insert to app_restore
  with check (tenant_id = (select app.tenant_id()));
grant insert on app.security_events to app_restore;

comment on table app.backups is 'What was kept of a tenant, when, and what is in it [BKP-1, TEN-5]';
comment on table app.restores is 'Who asked for which state of a tenant to return, who agreed, and what came of it [BKP-2, AUD-1, TEN-5]';
comment on table app.restore_rows is 'Rows of a backup beside the live ones, until they are applied [BKP-2, TEN-5]';

-- What was decided is not decided again.
create function app.assert_restore_step() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
begin
  if new.status <> old.status and not (old.status, new.status) in (
      ('requested', 'preparing'), ('requested', 'rejected'), ('requested', 'cancelled'), ('requested', 'expired'),
      ('preparing', 'ready'), ('preparing', 'failed'), ('preparing', 'cancelled'),
      ('ready', 'applying'), ('ready', 'cancelled'), ('ready', 'expired'),
      ('applying', 'applied'), ('applying', 'failed')) then
    raise exception 'a restore that is % cannot become %', old.status, new.status using errcode = 'PLN02';
  end if;
  return new;
end
$$;
create trigger asserts_step before update of status on app.restores
  for each row execute function app.assert_restore_step();

-- A restore changes configurations as well, and tells the gate as everybody does.
create or replace function app.assert_announced() returns trigger
  language plpgsql set search_path = app, pg_temp
  as $$
declare
  kind text := tg_argv[0];
  subject uuid := to_jsonb(new) ->> 'id';
begin
  -- Whoever administers the database by hand waits until what instances remember is forgotten: a minute.
  if session_user not in ('app_tenant', 'app_platform', 'app_restore') then
    return null;
  end if;
  if position(concat(kind, ':', app.version_of(kind, subject))
              in coalesce(current_setting('app.announced', true), '')) = 0 then
    raise exception 'a configuration moved and nobody was told: the operation must call ctx.reconfigure'
      using errcode = 'PLN02', table = tg_table_name;
  end if;
  return null;
end
$$;

do $$
begin
  -- State: what the tenant decided about itself.
  perform app.declare_backup('app.tenant_settings', 'restored', 'what the tenant set for itself');
  perform app.declare_backup('app.memberships', 'restored',
    'who belongs to the tenant; what was taken from a member since stays taken unless they are named');
  perform app.declare_backup('app.prompts', 'restored', 'which version of a prompt is in force');
  perform app.declare_backup('app.prompt_versions', 'completed',
    'a version never changes, and what came later is referred to by what happened');
  perform app.declare_backup('app.ai_tenant_preferences', 'restored', 'how models write for the tenant');
  perform app.declare_backup('app.ai_user_preferences', 'restored', 'how models write for its people');
  perform app.declare_backup('app.ai_budgets', 'restored', 'what the tenant lets itself spend');
  perform app.declare_backup('app.ai_budget_increases', 'restored', 'what it granted on top');
  perform app.declare_backup('app.tenants', 'columns',
    'plan and status are the platform''s, the domain must be proven now', array['name']);
  perform app.declare_backup('app.ai_tenants', 'columns', 'the rest follows from calls and from the clock',
    array['daily_alert_pico']);
  -- What others decided, and what happened.
  perform app.declare_backup('app.tenant_overrides', 'kept',
    'what the platform granted or refused is not the tenant''s to bring back');
  perform app.declare_backup('app.api_keys', 'kept', 'a key that was revoked since must not come alive');
  perform app.declare_backup('app.invitations', 'kept', 'an invitation that was withdrawn since must not come alive');
  perform app.declare_backup('app.impersonations', 'kept', 'what support asked for, and what came of it');
  perform app.declare_backup('app.audit_events', 'kept', 'the trail');
  perform app.declare_backup('app.security_events', 'kept', 'what security must know of');
  perform app.declare_backup('app.ai_calls', 'kept', 'the ledger');
  perform app.declare_backup('app.ai_budget_alerts', 'kept', 'who was told');
  perform app.declare_backup('app.usage_alerts', 'kept', 'who was told');
  perform app.declare_backup('app.outbox', 'kept', 'what is on its way');
  perform app.declare_backup('app.idempotency_keys', 'kept', 'answers that were given');
  perform app.declare_backup('app.backups', 'kept', 'the backups themselves');
  perform app.declare_backup('app.restores', 'kept', 'the restores themselves');
end
$$;
