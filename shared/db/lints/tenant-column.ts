import { tablesWithOptionalTenant, tablesWithoutTenant } from './exceptions.ts';
import { inList, type Rule } from './rule.ts';

export const tenantColumn: Rule = {
  name: 'tenant-column',
  why: 'rows that name no tenant cannot be kept apart',
  fix:
    'add: tenant_id uuid not null references app.tenants (id) on delete cascade; a table that belongs to no ' +
    'tenant is explained in shared/db/lints/exceptions.ts',
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in (${inList(tablesWithoutTenant)})
      and not exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
          and a.atttypid = 'uuid'::regtype
          and (a.attnotnull or c.relname in (${inList(tablesWithOptionalTenant)})))`,
};
