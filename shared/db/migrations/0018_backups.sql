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

-- Every table that a backup holds: its columns as they are stored, its key, and what it refers to.
create function app.backup_tables()
  returns table (name text, mode text, fields text[], why text, columns text[], types text[], key text[],
                 refers_to text[])
  language sql stable set search_path = app, pg_temp
  as $$
    select c.relname::text, said.it ->> 'mode',
      case when said.it ->> 'mode' = 'columns'
        then array(select jsonb_array_elements_text(said.it -> 'fields')) end,
      said.it ->> 'why', stored.names, stored.types,
      array(select a.attname::text from pg_index i
            cross join unnest(i.indkey::smallint[]) with ordinality as part (number, position)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = part.number
            where i.indrelid = c.oid and i.indisprimary order by part.position),
      array(select distinct parent.relname::text from pg_constraint f
            join pg_class parent on parent.oid = f.confrelid
            where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid)
    from pg_policy p
    join pg_class c on c.oid = p.polrelid and c.relnamespace = 'app'::regnamespace
    cross join lateral (select obj_description(p.oid, 'pg_policy')::jsonb as it) said
    cross join lateral (
      select array_agg(a.attname::text order by a.attnum) as names,
             array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types
      from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') stored
    where p.polname = 'backup'
    order by c.relname
  $$;

-- The statement that reads the staged rows of a table with the types of the live one. Of memberships it leaves out
-- what was taken since and is not named: who is no member any more, and the greater power of who is.
create function app.restore_source(restore uuid, wanted text) returns text
  language plpgsql stable set search_path = app, pg_temp
  as $$
declare
  live record;
  wish record;
  source text;
begin
  select * into strict live from app.backup_tables() t where t.name = wanted;
  select r.archive -> 'tables' -> wanted -> 'columns' as columns, r.readmitted into strict wish
    from restores r where r.id = restore;
  select format('select %s from app.restore_rows where restore_id = %L and table_name = %L',
                string_agg(format('(row ->> %s)::%s as %I', staged.position - 1,
                                  live.types[array_position(live.columns, staged.name)], staged.name), ', '
                           order by staged.position),
                restore, wanted)
    into strict source
    from jsonb_array_elements_text(wish.columns) with ordinality as staged (name, position);
  if wanted <> 'memberships' then
    return source;
  end if;
  return format(
    $q$select %s from (%s) staged left join app.memberships own using (tenant_id, user_id)
       where (own.user_id is not null or staged.user_id = any (%L::uuid[]))
         and staged.user_id = any (array(select app.known_people(array(
           select (row ->> %s)::uuid from app.restore_rows
           where restore_id = %L and table_name = 'memberships'))))$q$,
    (select string_agg(
       case when staged.name = 'role' then format(
         $q$case when app.role_rank(staged.role) < app.role_rank(own.role) and staged.user_id <> all (%L::uuid[])
            then own.role else staged.role end as role$q$, wish.readmitted)
       else format('staged.%I', staged.name) end, ', ' order by staged.position)
     from jsonb_array_elements_text(wish.columns) with ordinality as staged (name, position)),
    source, wish.readmitted,
    (select staged.position - 1 from jsonb_array_elements_text(wish.columns) with ordinality as staged (name, position)
     where staged.name = 'user_id'),
    restore);
end
$$;

-- The most powerful is first; nobody at all has no rank.
create function app.role_rank(role text) returns integer
  language sql immutable parallel safe
  as $$ select array_position(array['owner', 'admin', 'operator', 'auditor', 'viewer'], role) $$;

-- The columns that a restore compares and writes, as a list in terms of one of the sides.
create function app.restore_columns(restore uuid, wanted text) returns text[]
  language sql stable set search_path = app, pg_temp
  as $$
    select array(
      select staged.name
      from restores r
      cross join jsonb_array_elements_text(r.archive -> 'tables' -> wanted -> 'columns')
        with ordinality as staged (name, position)
      where r.id = restore and (t.fields is null or staged.name = any (t.fields))
      order by staged.position)
    from app.backup_tables() t where t.name = wanted
  $$;

-- Nothing is known yet of the rows that were just staged, and planning for one of them would compare each with each:
-- hence no nested loops, here and below. What applying the staged rows of a table would change, and the first of these rows with their old and new values.
create function app.compare_restore(restore uuid, wanted text, shown integer) returns jsonb
  language plpgsql stable set search_path = app, pg_temp set enable_nestloop = off
  as $$
declare
  live record;
  names text[] := app.restore_columns(restore, wanted);
  answer jsonb;
begin
  select * into strict live from app.backup_tables() t where t.name = wanted;
  execute format(
    $q$with changes as materialized (
         select case when l.%1$I is null then 'added' when s.%1$I is null then 'removed' else 'changed' end as change,
           %2$s as key,
           case when l.%1$I is null then null else %3$s end as before,
           case when s.%1$I is null then null else %4$s end as after
         from (%5$s) s full join app.%6$I l on %7$s
         where %8$s and (%3$s is distinct from %4$s or l.%1$I is null or s.%1$I is null))
       select jsonb_build_object(
         'added', count(*) filter (where change = 'added'),
         'changed', count(*) filter (where change = 'changed'),
         'removed', count(*) filter (where change = 'removed'),
         'rows', coalesce((select jsonb_agg(to_jsonb(first)) from (
            select * from changes order by change, key limit %9$s) first), '[]'))
       from changes$q$,
    live.key[1],
    (select format('array[%s]', string_agg(format('coalesce(l.%1$I, s.%1$I)::text', part), ', '))
     from unnest(live.key) part),
    (select format('array[%s]', string_agg(format('l.%I::text', part), ', ')) from unnest(names) part),
    (select format('array[%s]', string_agg(format('s.%I::text', part), ', ')) from unnest(names) part),
    app.restore_source(restore, wanted), wanted,
    (select string_agg(format('l.%1$I = s.%1$I', part), ' and ') from unnest(live.key) part),
    case live.mode
      when 'restored' then 'true'
      when 'completed' then format('s.%I is not null', live.key[1])
      else format('s.%1$I is not null and l.%1$I is not null', live.key[1])
    end,
    shown)
    into answer;
  return answer || jsonb_build_object('columns', names);
end
$$;

-- References of the staged rows that lead nowhere, by constraint. People are not the tenant's: whoever is gone is
-- left out of the memberships.
create function app.restore_breaks(restore uuid, wanted text)
  returns table (reference text, broken bigint)
  language plpgsql stable set search_path = app, pg_temp set enable_nestloop = off
  as $$
declare
  reference_found record;
  parent_rows text;
begin
  for reference_found in
    select f.conname::text as name, parent.relname::text as parent, t.mode,
      array(select a.attname::text from unnest(f.conkey) with ordinality k (number, position)
            join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number order by k.position) as own,
      array(select a.attname::text from unnest(f.confkey) with ordinality k (number, position)
            join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number order by k.position) as theirs
    from pg_constraint f
    join pg_class parent on parent.oid = f.confrelid
    join app.backup_tables() t on t.name = parent.relname
    where f.conrelid = format('app.%I', wanted)::regclass and f.contype = 'f'
  loop
    parent_rows := case
      when reference_found.mode = 'restored' then app.restore_source(restore, reference_found.parent)
      when reference_found.mode = 'completed' then
        (select format('select %1$s from (%2$s) staged union all select %1$s from app.%3$I',
                       string_agg(quote_ident(part), ', '),
                       app.restore_source(restore, reference_found.parent), reference_found.parent)
         from unnest(reference_found.theirs) part)
      else format('select * from app.%I', reference_found.parent)
    end;
    reference := reference_found.name;
    execute format('select count(*) from (%s) s where %s and not exists (select from (%s) p where %s)',
      app.restore_source(restore, wanted),
      (select string_agg(format('s.%I is not null', part), ' and ') from unnest(reference_found.own) part),
      parent_rows,
      (select string_agg(format('p.%I = s.%I', reference_found.theirs[position], part), ' and ')
       from unnest(reference_found.own) with ordinality as o (part, position)))
      into broken;
    if broken > 0 then
      return next;
    end if;
  end loop;
end
$$;

-- Members to whom the backup would give back what was taken from them since.
create function app.restore_returning(restore uuid)
  returns table (user_id uuid, role text, role_now text)
  language plpgsql stable set search_path = app, pg_temp
  as $$
declare
  columns jsonb := (select r.archive -> 'tables' -> 'memberships' -> 'columns' from restores r where r.id = restore);
  person integer := (select position - 1 from jsonb_array_elements_text(columns) with ordinality as c (name, position)
                     where name = 'user_id');
  power integer := (select position - 1 from jsonb_array_elements_text(columns) with ordinality as c (name, position)
                    where name = 'role');
begin
  return query
    select (s.row ->> person)::uuid, s.row ->> power, m.role
    from restore_rows s
    left join memberships m on m.user_id = (s.row ->> person)::uuid
    where s.restore_id = restore and s.table_name = 'memberships'
      and (m.role is null or app.role_rank(s.row ->> power) < app.role_rank(m.role))
      and (s.row ->> person)::uuid = any (array(select app.known_people(array[(s.row ->> person)::uuid])))
    order by 1;
end
$$;

-- From here on nothing of the tenant changes but by us: whatever is inserted anywhere in it waits for its own row.
create function app.lock_for_restore() returns boolean
  language plpgsql set search_path = app, pg_temp
  as $$
begin
  perform from tenants where id = app.tenant_id() for update;
  return found;
end
$$;

create function app.lock_restored(wanted text) returns void
  language plpgsql set search_path = app, pg_temp
  as $$ begin execute format('select from app.%I for update', wanted); end $$;

-- Removes the live rows that the backup does not have; of tables whose rows go, and of no others.
create function app.remove_unrestored(restore uuid, wanted text) returns bigint
  language plpgsql set search_path = app, pg_temp set enable_nestloop = off
  as $$
declare
  live record;
  removed bigint := 0;
begin
  select * into strict live from app.backup_tables() t where t.name = wanted;
  if live.mode = 'restored' then
    execute format('delete from app.%I l where not exists (select from (%s) s where %s)', wanted,
      app.restore_source(restore, wanted),
      (select string_agg(format('l.%1$I = s.%1$I', part), ' and ') from unnest(live.key) part));
    get diagnostics removed = row_count;
  end if;
  return removed;
end
$$;

-- Changes the rows that differ, and adds those that are missing.
create function app.put_restored(restore uuid, wanted text) returns bigint
  language plpgsql set search_path = app, pg_temp set enable_nestloop = off
  as $$
declare
  live record;
  names text[] := app.restore_columns(restore, wanted);
  matching text;
  changeable text[];
  changed bigint := 0;
  added bigint := 0;
begin
  select * into strict live from app.backup_tables() t where t.name = wanted;
  matching := (select string_agg(format('l.%1$I = s.%1$I', part), ' and ') from unnest(live.key) part);
  changeable := array(select part from unnest(names) part where part <> all (live.key));
  if changeable <> '{}' then
    execute format('update app.%I l set %s from (%s) s where %s and (%s) is distinct from (%s)', wanted,
      (select string_agg(format('%1$I = s.%1$I', part), ', ') from unnest(changeable) part),
      app.restore_source(restore, wanted), matching,
      (select format('array[%s]', string_agg(format('l.%I::text', part), ', ')) from unnest(changeable) part),
      (select format('array[%s]', string_agg(format('s.%I::text', part), ', ')) from unnest(changeable) part));
    get diagnostics changed = row_count;
  end if;
  if live.mode in ('restored', 'completed') then
    execute format('insert into app.%1$I (%2$s) select %2$s from (%3$s) s
                    where not exists (select from app.%1$I l where %4$s)', wanted,
      (select string_agg(quote_ident(part), ', ') from unnest(names) part),
      app.restore_source(restore, wanted), matching);
    get diagnostics added = row_count;
  end if;
  return changed + added;
end
$$;

grant execute on function app.backup_tables() to app_backup, app_restore;
grant execute on function app.restore_source(uuid, text), app.role_rank(text), app.restore_columns(uuid, text),
  app.compare_restore(uuid, text, integer), app.restore_breaks(uuid, text), app.restore_returning(uuid),
  app.lock_for_restore(), app.lock_restored(text), app.remove_unrestored(uuid, text), app.put_restored(uuid, text)
  to app_restore;

-- A backup says which schema its rows are of; what else was migrated, and when, is nobody's business.
grant usage on schema migration to app_definer;
grant select (version) on migration.applied to app_definer;

set local role app_definer;
create function app.schema_version() returns integer
  language sql stable security definer set search_path = app, pg_temp
  as $$ select max(version) from migration.applied $$;

-- Which of these people still exist, whatever tenants they belong to.
create function app.known_people(candidates uuid[]) returns setof uuid
  language sql stable security definer set search_path = app, pg_temp
  as $$ select id from users where id = any (candidates) $$;

revoke all on function app.schema_version() from public;
revoke all on function app.known_people(uuid[]) from public;
grant execute on function app.schema_version() to app_backup, app_restore;
grant execute on function app.known_people(uuid[]) to app_restore;
set local role app_migrator;
