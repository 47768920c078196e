-- Reports as files: what was asked for and how far it is, the parts that were uploaded, and who fetched the file.
create table app.exports (
  tenant_id uuid not null references app.tenants (id) on delete cascade,
  id uuid not null,
  report text not null,
  format text not null check (format in ('csv', 'json', 'parquet', 'pdf')),
  parameters jsonb not null,
  purpose text not null check (length(purpose) between 10 and 500),
  sensitive boolean not null,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'finished', 'failed', 'cancelled', 'expired')),
  requested_by_type text not null check (requested_by_type in ('person', 'api_key')),
  requested_by uuid not null,
  requested_at timestamptz not null default now(),
  file_name text not null,
  estimated_rows bigint not null,
  total_rows bigint,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  error text,
  usage jsonb,
  attempt integer not null default 0,
  beginnings integer not null default 0,
  upload_id text,
  snapshot text,
  snapshot_at timestamptz,
  version_id text,
  notified_at timestamptz,
  finished_at timestamptz,
  expires_at timestamptz,
  primary key (tenant_id, id)
);
create index exports_tenant_time on app.exports (tenant_id, requested_at desc, id desc);

-- Parts of a file that is being uploaded; the last one says how the file goes on.
create table app.export_parts (
  tenant_id uuid not null,
  export_id uuid not null,
  number integer not null check (number between 1 and 10000),
  etag text not null,
  bytes bigint not null check (bytes > 0),
  rows bigint not null,
  state jsonb not null,
  primary key (tenant_id, export_id, number),
  foreign key (tenant_id, export_id) references app.exports (tenant_id, id) on delete cascade
);

create table app.export_downloads (
  tenant_id uuid not null,
  id uuid not null,
  export_id uuid not null,
  actor_type text not null check (actor_type in ('person', 'api_key')),
  actor_id uuid not null,
  ip text not null,
  at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, export_id) references app.exports (tenant_id, id) on delete cascade
);
create index export_downloads_export on app.export_downloads (tenant_id, export_id, at desc, id desc);

alter table app.exports enable row level security;
alter table app.exports force row level security;
alter table app.export_parts enable row level security;
alter table app.export_parts force row level security;
alter table app.export_downloads enable row level security;
alter table app.export_downloads force row level security;

create policy tenant on app.exports to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.export_parts to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
create policy tenant on app.export_downloads to app_tenant
  using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));

-- What was asked for, by whom and for what purpose, stays as it was.
grant select, insert, update (status, total_rows, rows, bytes, error, usage, attempt, beginnings, upload_id, snapshot,
                              snapshot_at, version_id, notified_at, finished_at, expires_at)
  on app.exports to app_tenant;
grant select, insert, delete on app.export_parts to app_tenant;
grant select, insert on app.export_downloads to app_tenant;

comment on table app.exports is 'Files that were asked for, with their purpose and how far they are [EXP-1, EXP-2, TEN-5]';
comment on table app.export_parts is 'Parts of a file that is being made, to go on after a crash [EXP-1, TEN-5]';
comment on table app.export_downloads is 'Who fetched which file when: written and read, never changed [EXP-3, TEN-5]';

select app.declare_backup('app.exports', 'kept', 'what was exported, and for what purpose, has happened');
select app.declare_backup('app.export_parts', 'kept', 'of uploads that are over by then');
select app.declare_backup('app.export_downloads', 'kept', 'who fetched a file has fetched it');
