import type { Rule } from './rule.ts';

export const tenantIndex: Rule = {
  name: 'tenant-index',
  why: 'every statement filters by tenant_id, so each would read the rows of all tenants',
  fix: 'lead the primary key or an index with tenant_id',
  sql: `
    select c.oid::regclass::text as object
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
      and not exists (
        select from pg_index i
        where i.indrelid = c.oid and i.indisvalid and i.indpred is null and i.indkey[0] = a.attnum)`,
};
