-- What a backup reads of a tenant, and what a restore does with it: compares, checks, locks, removes, puts (BKP-1, BKP-2).
-- Tables and logins stand in 0018.

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

-- Reads every value of the staged rows of a table that a restore would compare or write, as its column's type; one that
-- does not fit is an error. In one pass, without looking at the live rows.
create function app.read_staged(restore uuid, wanted text) returns void
  language plpgsql stable set search_path = app, pg_temp
  as $$
declare
  key text[] := (select t.key from app.backup_tables() t where t.name = wanted);
begin
  execute format('select %s from (%s) s',
    (select string_agg(distinct format('count(s.%I)', part), ', ') from unnest(key || app.restore_columns(restore, wanted)) part),
    app.restore_source(restore, wanted));
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
  app.compare_restore(uuid, text, integer), app.read_staged(uuid, text),
  app.restore_breaks(uuid, text), app.restore_returning(uuid),
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
