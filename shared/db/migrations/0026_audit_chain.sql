-- A chain over the audit trail (AUD-1). A request only writes its row; rows that are committed are sealed a moment
-- later, each as a link that carries the digest of the row and the hash of the link before. Whoever changes, removes or
-- adds a row afterwards breaks the chain, and whoever makes a whole new chain meets the archive. See docs/audit.md.

-- Without the salt nobody can try out which address or reason a digest was made of. To erase what is personal in a row
-- is to empty these columns and the salt: the chain goes on without them.
alter table app.audit_events
  add column salt bytea default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- Rows that wait to be sealed. A row that goes away before it was sealed is missed here.
create table app.audit_pending (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  event_id uuid not null,
  since timestamptz not null default now(),
  primary key (tenant_id, event_id)
);

create table app.audit_links (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  sequence bigint not null check (sequence > 0),
  -- No reference: a link outlives its row, and says that it is missing.
  event_id uuid not null,
  personal bytea not null check (length(personal) = 32),
  digest bytea not null check (length(digest) = 32),
  hash bytea not null check (length(hash) = 32),
  sealed_at timestamptz not null default now(),
  primary key (tenant_id, sequence),
  unique (tenant_id, event_id)
);

-- Where the chain of a tenant ends, how far it is archived, and what the last check of all of it came to.
create table app.audit_heads (
  tenant_id uuid primary key references app.tenants (id) on delete cascade,
  sequence bigint not null default 0,
  hash bytea,
  sealed_at timestamptz,
  -- In which bucket: another region's archive begins anew.
  archived_in text,
  archived_sequence bigint not null default 0,
  archived_at timestamptz,
  -- Of the check that is under way, page by page.
  checking_since timestamptz,
  checking_sequence bigint not null default 0,
  checking_event uuid,
  checking_findings integer not null default 0,
  -- Of the last one that came to its end.
  checked_at timestamptz,
  checked_sequence bigint,
  checked_findings integer
);

alter table app.audit_pending enable row level security;
alter table app.audit_pending force row level security;
alter table app.audit_links enable row level security;
alter table app.audit_links force row level security;
alter table app.audit_heads enable row level security;
alter table app.audit_heads force row level security;

create policy tenant on app.audit_pending for select to app_tenant using (tenant_id = (select app.tenant_id()));
create policy tenant on app.audit_links for select to app_tenant using (tenant_id = (select app.tenant_id()));
create policy tenant on app.audit_heads for select to app_tenant using (tenant_id = (select app.tenant_id()));

-- The schedule sees whose rows wait and how far each chain is, none of what is in a trail.
create policy system on app.audit_pending for select to app_system using (true);
create policy system on app.audit_heads for select to app_system using (true);
create policy system_adds on app.audit_heads for insert to app_system
  with check (tenant_id = (select app.tenant_id()));
create policy system_notes on app.audit_heads for update to app_system
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

-- The functions below work inside the tenant that was entered. A row waits in whichever tenant it was written.
create policy definer_adds on app.audit_pending for insert to app_definer with check (true);
create policy definer on app.audit_pending to app_definer using (tenant_id = (select app.tenant_id()));
create policy definer on app.audit_events for select to app_definer using (tenant_id = (select app.tenant_id()));
create policy definer on app.audit_links to app_definer
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy definer on app.audit_heads to app_definer
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

grant select on app.audit_pending, app.audit_links, app.audit_heads to app_tenant;
grant select on app.audit_pending to app_system;
grant select, insert (tenant_id),
  update (archived_in, archived_sequence, archived_at, checking_since, checking_sequence, checking_event, checking_findings,
          checked_at, checked_sequence, checked_findings)
  on app.audit_heads to app_system;
grant select, insert, delete on app.audit_pending to app_definer;
grant select on app.audit_events to app_definer;
grant select, insert (tenant_id), update (sequence, hash, sealed_at) on app.audit_heads to app_definer;
-- A link is written and read, never changed or removed.
grant select, insert on app.audit_links to app_definer;

comment on table app.audit_pending is 'Rows of the audit trail that are not sealed yet [AUD-1, TEN-5]';
comment on table app.audit_links is 'The chain over the audit trail: written and read, never changed [AUD-1, TEN-5]';
comment on table app.audit_heads is 'Where each tenant’s chain ends, and when it was archived and checked [AUD-1, AUD-4, TEN-5]';

select app.declare_backup('app.audit_pending', 'kept', 'the trail, as it goes on');
select app.declare_backup('app.audit_links', 'kept', 'the chain over the trail');
select app.declare_backup('app.audit_heads', 'kept', 'the chain over the trail');

-- What stands for a row in the chain, in two parts: what stays for as long as the trail does, and what may be erased.
-- The canonical form is an array of texts and nulls as Postgres writes jsonb, led by its version. A new column of
-- app.audit_events belongs into one of them, under a new version: a test finds one that is missing.
create function app.audit_stated(e app.audit_events) returns bytea
  language sql stable parallel safe
  as $$
    select sha256(convert_to(jsonb_build_array('plinth audit 1', e.tenant_id, e.id,
      extract(epoch from e.occurred_at)::text, e.plane, e.actor_type, e.actor_id, e.action, e.target_type, e.target_id,
      e.request_id, e.on_behalf_of, e.impersonation_id)::text, 'UTF8'))
  $$;

-- Null where it was erased.
create function app.audit_personal(e app.audit_events) returns bytea
  language sql stable parallel safe
  as $$
    select sha256(e.salt || convert_to(jsonb_build_array('plinth audit 1', e.ip, e.user_agent, e.reason,
      e.before::text, e.after::text)::text, 'UTF8'))
  $$;

create function app.audit_link_hash(before bytea, sequence bigint, digest bytea) returns bytea
  language sql immutable parallel safe
  as $$ select sha256(before || int8send(sequence) || digest) $$;

-- What the first link of a tenant's chain follows.
create function app.audit_origin(tenant uuid) returns bytea
  language sql immutable parallel safe
  as $$ select sha256(convert_to('plinth audit chain ' || tenant, 'UTF8')) $$;

grant execute on function app.audit_stated(app.audit_events), app.audit_personal(app.audit_events),
  app.audit_link_hash(bytea, bigint, bytea), app.audit_origin(uuid), app.exact_time(timestamptz) to app_definer;

set local role app_definer;

create function app.await_seal() returns trigger
  language plpgsql security definer set search_path = app, pg_temp
  as $$
begin
  insert into audit_pending (tenant_id, event_id) select tenant_id, id from added;
  return null;
end
$$;

-- Seals up to so many of the entered tenant's waiting rows, and says how many. Whoever comes second finds it busy and
-- seals nothing; whoever is stopped half-way has sealed nothing.
create function app.seal_audit(most integer) returns integer
  language plpgsql security definer set search_path = app, pg_temp
  as $$
declare
  head audit_heads;
  waiting record;
  sealed uuid[] := '{}';
begin
  insert into audit_heads (tenant_id) select id from tenants where id = app.tenant_id() on conflict do nothing;
  select * into head from audit_heads where tenant_id = app.tenant_id() for update skip locked;
  if not found then
    return 0;
  end if;
  head.hash := coalesce(head.hash, app.audit_origin(head.tenant_id));
  for waiting in
    select e.id, app.audit_stated(e) as stated, app.audit_personal(e) as personal
    -- By id first, which the index gives without sorting all that waits; of a batch by time.
    from (
      select e.* from audit_pending p
      join lateral (
        select e.* from audit_events e
        where e.tenant_id = p.tenant_id and e.id = p.event_id and e.salt is not null
      ) e on true
      where p.tenant_id = head.tenant_id
      order by p.event_id
      limit most
    ) e
    order by e.occurred_at, e.id
  loop
    head.sequence := head.sequence + 1;
    waiting.stated := sha256(waiting.stated || waiting.personal);
    head.hash := app.audit_link_hash(head.hash, head.sequence, waiting.stated);
    insert into audit_links (tenant_id, sequence, event_id, personal, digest, hash)
    values (head.tenant_id, head.sequence, waiting.id, waiting.personal, waiting.stated, head.hash);
    sealed := sealed || waiting.id;
  end loop;
  if sealed <> '{}' then
    delete from audit_pending where tenant_id = head.tenant_id and event_id = any (sealed);
    update audit_heads set sequence = head.sequence, hash = head.hash, sealed_at = now()
    where tenant_id = head.tenant_id;
  end if;
  return cardinality(sealed);
end
$$;

-- Looks at one page of the entered tenant's chain and at one of its rows, each after a place. It says what it found
-- wrong, where it stopped (null: there was no more), and, at the end, what only the whole shows.
--   changed   a row is not what was sealed
--   erased    what is personal of a row was erased since
--   missing   a row is gone
--   unlinked  a row is in no link and does not wait for one
--   broken    a link does not follow the one before, or the chain ends elsewhere than its head says
create function app.check_audit(after_sequence bigint, after_event uuid, most integer)
  returns table (kind text, sequence bigint, event_id uuid, last_sequence bigint, last_event uuid, ended boolean)
  language plpgsql stable security definer set search_path = app, pg_temp
  as $$
#variable_conflict use_column
declare
  mine uuid := app.tenant_id();
  head audit_heads;
  seen audit_links;
  links bigint;
begin
  select * into head from audit_heads h where h.tenant_id = mine;
  -- A place that the chain does not have yet is no reason to look for it there.
  after_sequence := least(after_sequence, coalesce(head.sequence, 0));
  select * into seen from audit_links l where l.tenant_id = mine and l.sequence = after_sequence;
  seen.sequence := after_sequence;
  seen.hash := coalesce(seen.hash, app.audit_origin(mine));

  return query
    with page as materialized (
      select l.* from audit_links l
      where l.tenant_id = mine and l.sequence > after_sequence order by l.sequence limit most
    ), followed as (
      select p.*, lag(p.sequence, 1, seen.sequence) over w as before, lag(p.hash, 1, seen.hash) over w as hash_before
      from page p window w as (order by p.sequence)
    ), judged as materialized (
      select f.sequence, f.event_id,
        case when f.sequence <> f.before + 1
               or f.hash <> app.audit_link_hash(f.hash_before, f.sequence, f.digest) then 'broken' end as of_link,
        case when e.id is null then 'missing'
             when f.digest <> sha256(app.audit_stated(e) || f.personal) then 'changed'
             when e.salt is null and num_nonnulls(e.ip, e.user_agent, e.reason, e.before, e.after) = 0 then 'erased'
             when app.audit_personal(e) is distinct from f.personal then 'changed' end as of_row
      from followed f
      left join audit_events e on e.tenant_id = f.tenant_id and e.id = f.event_id
    )
    select found.kind, j.sequence, j.event_id, null::bigint, null::uuid, null::boolean
    from judged j
    cross join lateral unnest(array[j.of_link, j.of_row]) with ordinality as found (kind, part)
    where found.kind is not null
    order by j.sequence, found.part;

  select count(*), max(p.sequence) into links, last_sequence
  from (select l.sequence from audit_links l
        where l.tenant_id = mine and l.sequence > after_sequence order by l.sequence limit most) p;
  if links < most then
    last_sequence := coalesce(last_sequence, after_sequence);
    select l.* into seen from audit_links l where l.tenant_id = mine and l.sequence = last_sequence;
    -- Nothing was sealed where there is no head, and then there is no link either.
    if (coalesce(head.sequence, 0), head.hash) is distinct from (coalesce(seen.sequence, 0), seen.hash) then
      return query select 'broken', greatest(head.sequence, seen.sequence), null::uuid, null::bigint, null::uuid, null::boolean;
    end if;
  end if;

  return query
    select 'unlinked', null::bigint, e.id, null::bigint, null::uuid, null::boolean
    from (select e.id from audit_events e
          where e.tenant_id = mine and (after_event is null or e.id > after_event) order by e.id limit most) e
    where not exists (select from audit_links l where l.tenant_id = mine and l.event_id = e.id)
      and not exists (select from audit_pending p where p.tenant_id = mine and p.event_id = e.id)
    order by e.id;
  select count(*) < most, (array_agg(p.id order by p.id desc))[1] into ended, last_event
  from (select e.id from audit_events e
        where e.tenant_id = mine and (after_event is null or e.id > after_event) order by e.id limit most) p;
  last_event := coalesce(last_event, after_event);
  ended := ended and links < most;
  last_sequence := coalesce(last_sequence, after_sequence);

  if ended then
    return query
      select 'missing', null::bigint, p.event_id, null::bigint, null::uuid, null::boolean
      from audit_pending p
      where p.tenant_id = mine
        and not exists (select from audit_events e where e.tenant_id = mine and e.id = p.event_id)
      order by p.event_id limit most;
  end if;
  kind := null;
  sequence := null;
  event_id := null;
  return next;
end
$$;

-- What the archive keeps of the entered tenant's links: that something was done and when, not by whom, and the digests.
create function app.audit_links_after(after_sequence bigint, most integer)
  returns table (sequence bigint, event_id uuid, occurred_at text, plane text, action text, target_type text,
                 request_id text, stated text, personal text, digest text, hash text, sealed_at text)
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select l.sequence, l.event_id, app.exact_time(e.occurred_at), e.plane, e.action, e.target_type, e.request_id,
           encode(app.audit_stated(e), 'hex'), encode(l.personal, 'hex'), encode(l.digest, 'hex'),
           encode(l.hash, 'hex'), app.exact_time(l.sealed_at)
    from audit_links l
    left join audit_events e on e.tenant_id = l.tenant_id and e.id = l.event_id
    where l.tenant_id = app.tenant_id() and l.sequence > after_sequence
    order by l.sequence limit most
  $$;

-- The hash of one of the entered tenant's links, to be compared with the archived one.
create function app.audit_hash_at(wanted bigint) returns text
  language sql stable security definer set search_path = app, pg_temp
  as $$
    select encode(hash, 'hex') from audit_links where tenant_id = app.tenant_id() and sequence = wanted
  $$;

revoke all on function app.await_seal() from public;
revoke all on function app.seal_audit(integer) from public;
revoke all on function app.check_audit(bigint, uuid, integer) from public;
revoke all on function app.audit_links_after(bigint, integer) from public;
revoke all on function app.audit_hash_at(bigint) from public;
grant execute on function app.check_audit(bigint, uuid, integer) to app_tenant, app_system;
grant execute on function app.seal_audit(integer), app.audit_links_after(bigint, integer), app.audit_hash_at(bigint)
  to app_system;
grant execute on function app.await_seal() to app_migrator;
set local role app_migrator;

create trigger awaits_seal after insert on app.audit_events
  referencing new table as added for each statement execute function app.await_seal();

-- What was written before there was a chain is sealed as well.
alter table app.audit_events no force row level security;
alter table app.audit_pending no force row level security;
insert into app.audit_pending (tenant_id, event_id) select tenant_id, id from app.audit_events;
alter table app.audit_events force row level security;
alter table app.audit_pending force row level security;
