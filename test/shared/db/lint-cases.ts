/** How each lint of the catalogue is broken and repaired. */

const tenantPolicy = `to app_tenant using (tenant_id = (select app.tenant_id()))
                      with check (tenant_id = (select app.tenant_id()))`;

/** A sound tenant table, to which each case does one unsound thing. */
export const sound = `
  create table app.things (
    tenant_id uuid not null references app.tenants (id) on delete cascade,
    id uuid not null,
    parent uuid,
    label text,
    primary key (tenant_id, id));
  alter table app.things enable row level security;
  alter table app.things force row level security;
  create policy tenant on app.things ${tenantPolicy};
  grant select, insert, update, delete on app.things to app_tenant;
  select app.declare_backup('app.things', 'restored', 'a test');
  create view app.shown_things with (security_invoker = true) as select * from app.things;
  grant select on app.shown_things to app_tenant;`;

const policy = (definition: string) =>
  `drop policy tenant on app.things; create policy tenant on app.things ${definition}`;
const strays = (columns: string) =>
  `create table app.strays (${columns}); create policy definer on app.strays to app_definer using (true);
   alter table app.strays enable row level security; alter table app.strays force row level security;`;
const definer = (options: string) =>
  `create function app.peek() returns integer language sql security definer ${options} as 'select 1';
   revoke all on function app.peek() from public;`;
const ownedByDefiner = 'alter function app.peek() owner to app_definer;';
const fixedPath = 'set search_path = app, pg_temp';

/** What breaks a rule, what it is then called, and what repairs it. */
export type Case = { rule: string; what: string; breaks: string; repairs: string; object: string };
export const cases: readonly Case[] = [
  {
    rule: 'rls-enabled',
    what: 'a table without row level security',
    breaks: 'alter table app.things disable row level security',
    repairs: 'alter table app.things enable row level security',
    object: 'app.things',
  },
  {
    rule: 'rls-forced',
    what: 'a table whose owner is not bound',
    breaks: 'alter table app.things no force row level security',
    repairs: 'alter table app.things force row level security',
    object: 'app.things',
  },
  {
    rule: 'rls-policy',
    what: 'a table without a policy',
    breaks:
      'drop policy tenant on app.things; drop policy backup on app.things; drop policy restore on app.things',
    repairs: `create policy tenant on app.things ${tenantPolicy};
              select app.declare_backup('app.things', 'restored', 'a test')`,
    object: 'app.things',
  },
  {
    rule: 'tenant-column',
    what: 'a table that names no tenant',
    breaks: strays('id uuid'),
    repairs: 'drop table app.strays',
    object: 'app.strays',
  },
  {
    rule: 'tenant-column',
    what: 'a tenant_id that may be null',
    breaks: `${strays('tenant_id uuid')} create index on app.strays (tenant_id);
             select app.declare_backup('app.strays', 'kept', 'a test')`,
    repairs: 'alter table app.strays alter tenant_id set not null',
    object: 'app.strays',
  },
  {
    rule: 'tenant-policy',
    what: 'a policy that shows everything',
    breaks: policy('to app_tenant using (true) with check (tenant_id = (select app.tenant_id()))'),
    repairs: policy(tenantPolicy),
    object: 'policy tenant on app.things',
  },
  {
    rule: 'tenant-policy',
    what: 'a policy that takes everything',
    breaks: policy('to app_tenant using (tenant_id = (select app.tenant_id())) with check (true)'),
    repairs: policy(tenantPolicy),
    object: 'policy tenant on app.things',
  },
  {
    rule: 'tenant-policy',
    what: 'a policy without WITH CHECK',
    breaks: policy('to app_tenant using (tenant_id = (select app.tenant_id()))'),
    repairs: policy(tenantPolicy),
    object: 'policy tenant on app.things',
  },
  {
    rule: 'tenant-policy',
    what: 'a policy with a way around',
    breaks: policy(
      `to app_tenant using (tenant_id = (select app.tenant_id()) or label = 'shared')
       with check (tenant_id = (select app.tenant_id()))`,
    ),
    repairs: policy(tenantPolicy),
    object: 'policy tenant on app.things',
  },
  {
    rule: 'tenant-policy',
    what: 'a second, wider policy beside a sound one',
    breaks: 'create policy wider on app.things for select to app_tenant using (label is null)',
    repairs: 'drop policy wider on app.things',
    object: 'policy wider on app.things',
  },
  {
    rule: 'context-in-subselect',
    what: 'a policy that computes the context for every row',
    breaks: policy(
      'to app_tenant using (tenant_id = app.tenant_id()) with check (tenant_id = (select app.tenant_id()))',
    ),
    repairs: policy(tenantPolicy),
    object: 'policy tenant on app.things',
  },
  {
    rule: 'policy-to-public',
    what: 'a policy for everybody',
    breaks: 'create policy everybody on app.things to public using (true)',
    repairs: 'drop policy everybody on app.things',
    object: 'policy everybody on app.things',
  },
  {
    rule: 'foreign-key-composite',
    what: 'a foreign key that may cross tenants',
    breaks: `create table app.parts (tenant_id uuid not null, id uuid not null, thing uuid,
               primary key (tenant_id, id), constraint crossing unique (tenant_id, thing));
             alter table app.parts enable row level security; alter table app.parts force row level security;
             create policy tenant on app.parts ${tenantPolicy};
             select app.declare_backup('app.parts', 'kept', 'a test');
             alter table app.parts add constraint twice foreign key (tenant_id, thing) references app.things;
             alter table app.things add constraint one_way foreign key (id, parent)
               references app.parts (tenant_id, id)`,
    repairs: 'alter table app.things drop constraint one_way',
    object: 'one_way on app.things',
  },
  {
    rule: 'unique-per-tenant',
    what: 'a unique constraint across tenants',
    breaks: 'alter table app.things add constraint things_label_key unique (label)',
    repairs: 'alter table app.things drop constraint things_label_key',
    object: 'app.things_label_key on app.things',
  },
  {
    rule: 'unique-per-tenant',
    what: 'a unique index that only includes the tenant',
    breaks: 'create unique index things_label on app.things (label) include (tenant_id)',
    repairs: 'drop index app.things_label',
    object: 'app.things_label on app.things',
  },
  {
    rule: 'tenant-index',
    what: 'a table that cannot be read by tenant',
    breaks: `alter table app.things drop constraint things_pkey;
             alter table app.things add primary key (id, tenant_id)`,
    repairs: `alter table app.things drop constraint things_pkey;
              alter table app.things add primary key (tenant_id, id)`,
    object: 'app.things',
  },
  {
    rule: 'view-security-invoker',
    what: 'a view that reads as its owner',
    breaks: 'alter view app.shown_things reset (security_invoker)',
    repairs: 'alter view app.shown_things set (security_invoker = on)',
    object: 'app.shown_things',
  },
  {
    rule: 'view-security-invoker',
    what: 'a materialized view, which has no policies',
    breaks: 'create materialized view app.kept_things as select * from app.things',
    repairs: 'drop materialized view app.kept_things',
    object: 'app.kept_things',
  },
  {
    rule: 'definer-search-path',
    what: 'a definer function whose names the caller resolves',
    breaks: definer('') + ownedByDefiner,
    repairs: 'alter function app.peek() set search_path = app, pg_temp',
    object: 'app.peek()',
  },
  {
    rule: 'definer-search-path',
    what: 'a definer function that looks at temporary tables first',
    breaks: definer('set search_path = app') + ownedByDefiner,
    repairs: 'alter function app.peek() set search_path = app, pg_temp',
    object: 'app.peek()',
  },
  {
    rule: 'definer-owner',
    what: 'a definer function that runs as a superuser',
    breaks: definer(fixedPath),
    repairs: ownedByDefiner,
    object: 'app.peek()',
  },
  {
    rule: 'grant-to-public',
    what: 'a definer function that everybody may call',
    breaks: definer(fixedPath) + ownedByDefiner + 'grant execute on function app.peek() to public',
    repairs: 'revoke all on function app.peek() from public',
    object: 'function app.peek()',
  },
  {
    rule: 'grant-to-public',
    what: 'a function created with its default privileges',
    breaks: "create function app.loose() returns integer language sql as 'select 1'",
    repairs: 'revoke all on function app.loose() from public',
    object: 'function app.loose()',
  },
  {
    rule: 'grant-to-public',
    what: 'a table that everybody may read',
    breaks: 'grant select on app.things to public',
    repairs: 'revoke all on app.things from public',
    object: 'app.things',
  },
  {
    rule: 'grant-to-public',
    what: 'a column that everybody may read',
    breaks: 'grant select (label) on app.things to public',
    repairs: 'revoke all (label) on app.things from public',
    object: 'column app.things.label',
  },
  {
    rule: 'grant-to-public',
    what: 'a schema that everybody may use',
    breaks: 'grant usage on schema app to public',
    repairs: 'revoke all on schema app from public',
    object: 'schema app',
  },
  {
    rule: 'login-attributes',
    what: 'a login that bypasses policies',
    breaks: 'alter role app_tenant bypassrls',
    repairs: 'alter role app_tenant nobypassrls',
    object: 'app_tenant',
  },
  {
    rule: 'login-attributes',
    what: 'a login that may create roles',
    breaks: 'alter role app_system createrole',
    repairs: 'alter role app_system nocreaterole',
    object: 'app_system',
  },
  {
    rule: 'login-attributes',
    what: 'a definer that may sign in',
    breaks: 'alter role app_definer login',
    repairs: 'alter role app_definer nologin',
    object: 'app_definer',
  },
  {
    rule: 'login-membership',
    what: 'a login that may become another role',
    breaks: 'grant app_definer to app_tenant',
    repairs: 'revoke app_definer from app_tenant',
    object: 'app_tenant in app_definer',
  },
  {
    rule: 'login-ownership',
    what: 'a login that owns a table',
    breaks: 'alter table app.things owner to app_tenant',
    repairs: 'alter table app.things owner to app_migrator',
    object: 'app_tenant owns app.things',
  },
  {
    rule: 'login-privileges',
    what: 'a login that may empty a table',
    breaks: 'grant truncate on app.things to app_tenant',
    repairs: 'revoke truncate on app.things from app_tenant',
    object: 'truncate on app.things for app_tenant',
  },
  {
    rule: 'login-privileges',
    what: 'a login that may hang triggers on a table',
    breaks: 'grant trigger on app.things to app_platform',
    repairs: 'revoke trigger on app.things from app_platform',
    object: 'trigger on app.things for app_platform',
  },
  {
    rule: 'append-only',
    what: '[AUD-1] an audit trail that can be changed',
    breaks: 'grant update (reason) on app.audit_events to app_tenant',
    repairs: 'revoke update (reason) on app.audit_events from app_tenant',
    object: 'update on app.audit_events for app_tenant',
  },
  {
    rule: 'append-only',
    what: '[AUD-1] an audit trail that can be thinned out',
    breaks: 'grant delete on app.audit_events to app_system',
    repairs: 'revoke delete on app.audit_events from app_system',
    object: 'delete on app.audit_events for app_system',
  },
  {
    rule: 'app-schema-only',
    what: 'a table where nobody looks',
    breaks: 'create table public.hidden (id integer)',
    repairs: 'drop table public.hidden',
    object: 'hidden',
  },
  {
    rule: 'backup-declared',
    what: '[BKP-1] a table that no backup would hold',
    breaks: 'drop policy backup on app.things',
    repairs: "drop policy restore on app.things; select app.declare_backup('app.things', 'kept', 'a test')",
    object: 'app.things',
  },
  {
    rule: 'backup-declared',
    what: '[BKP-2] a table that does not say what a restore does with it',
    breaks: 'comment on policy backup on app.things is null',
    repairs: "comment on policy backup on app.things is '{}'",
    object: 'app.things',
  },
];
