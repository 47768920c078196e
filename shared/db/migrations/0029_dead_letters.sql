-- What a request set going is found by its id: rows of the outbox carry it, and jobs hand it on.
alter table app.outbox add column request_id text default nullif(current_setting('app.request_id', true), '');

-- Messages that failed too often (OPS-1, ARC-2): kept until somebody sends them again or gives them up. What a message
-- says may be personal; it is kept for sending it again, shown to no login, and forgotten with the decision.
create table app.dead_letters (
  -- As the queue named the message; it may be delivered to the keeper twice.
  id uuid primary key,
  tenant_id uuid references app.tenants (id) on delete cascade,
  queue text not null check (queue ~ '^[a-z][a-z-]*$' and length(queue) <= 100),
  -- Of the job that it asks for; null where the message cannot be read, and then it cannot be sent again either.
  type text check (length(type) <= 200),
  message_id uuid,
  request_id text,
  body text,
  bytes integer not null check (bytes >= 0),
  queued_at timestamptz,
  put_aside_at timestamptz not null default now(),
  status text not null default 'waiting' check (status in ('waiting', 'replayed', 'discarded')),
  decided_by uuid,
  decided_at timestamptz,
  reason text check (length(reason) between 3 and 500),
  constraint dead_letters_decided check (
    (status = 'waiting') = (decided_at is null) and num_nulls(decided_by, decided_at, reason) in (0, 3)),
  constraint dead_letters_forgotten check ((status = 'waiting') = (body is not null)),
  constraint dead_letters_readable check ((type is null) = (message_id is null))
);
create index dead_letters_waiting on app.dead_letters (queue, put_aside_at, id) where status = 'waiting';
create index dead_letters_time on app.dead_letters (put_aside_at desc, id desc);
create index dead_letters_tenant_time on app.dead_letters (tenant_id, put_aside_at desc, id desc);
create index dead_letters_message on app.dead_letters (message_id);
create index dead_letters_request on app.dead_letters (request_id);

alter table app.dead_letters enable row level security;
alter table app.dead_letters force row level security;

create policy tenant on app.dead_letters for select to app_tenant
  using (tenant_id = (select app.tenant_id()));
create policy platform on app.dead_letters for select to app_platform using (true);
create policy system on app.dead_letters to app_system using (true) with check (true);
create policy definer on app.dead_letters to app_definer using (true) with check (true);
create policy definer on app.outbox for insert to app_definer with check (kind = 'job');
-- To leave out what is on its way already.
create policy definer_reads on app.outbox for select to app_definer using (true);

grant select (tenant_id, id, queue, type, message_id, request_id, bytes, queued_at, put_aside_at, status, decided_by,
              decided_at, reason)
  on app.dead_letters to app_platform, app_tenant;
grant select (id, queue, put_aside_at, status), insert, delete on app.dead_letters to app_system;
grant select on app.dead_letters to app_definer;
grant update (status, body, decided_by, decided_at, reason) on app.dead_letters to app_definer;
grant insert (id, tenant_id, kind, type, payload, trace, request_id), select (id) on app.outbox to app_definer;

comment on table app.dead_letters is 'Messages that failed too often, until they are sent again or given up [OPS-1, TEN-5]';

set local role app_definer;

-- Puts messages back on their way, as the same messages, in the name of the calling member of the staff. Workers do
-- nothing twice, so one that was half done is finished.
create function app.replay_dead_letters(wanted uuid[], why text) returns table (id uuid)
  language sql security definer set search_path = app, pg_temp
  as $$
    with taken as (
      select d.id, d.message_id, d.type, d.request_id, d.body::jsonb as envelope from dead_letters d
      where d.id = any (wanted) and d.status = 'waiting' and d.message_id is not null
      for update
    ), sent as (
      insert into outbox (id, tenant_id, kind, type, payload, trace, request_id)
      select distinct on (t.message_id) t.message_id, substr(t.envelope ->> 'tenantId', 5)::uuid, 'job', t.type,
             t.envelope -> 'payload', t.envelope ->> 'trace', t.request_id
      from taken t
      on conflict do nothing
    )
    update dead_letters d
    set status = 'replayed', body = null, decided_by = app.user_id(), decided_at = now(), reason = why
    from taken t where d.id = t.id
    returning d.id
  $$;

-- Gives messages up in the name of the calling member of the staff: what they asked for is never done.
create function app.discard_dead_letters(wanted uuid[], why text) returns table (id uuid)
  language sql security definer set search_path = app, pg_temp
  as $$
    update dead_letters d
    set status = 'discarded', body = null, decided_by = app.user_id(), decided_at = now(), reason = why
    where d.id = any (wanted) and d.status = 'waiting'
    returning d.id
  $$;

revoke all on function app.replay_dead_letters(uuid[], text) from public;
revoke all on function app.discard_dead_letters(uuid[], text) from public;
grant execute on function app.replay_dead_letters(uuid[], text), app.discard_dead_letters(uuid[], text)
  to app_platform;
set local role app_migrator;
