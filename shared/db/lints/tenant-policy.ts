import { tablesWithOptionalTenant } from './exceptions.ts';
import { inList, type Rule } from './rule.ts';

// As pg_get_expr writes it; whether the function stands in a sub-select is another rule's business.
const context = String.raw`(\( SELECT app\.tenant_id\(\) AS tenant_id\)|app\.tenant_id\(\))`;
const isMine = String.raw`^\(+tenant_id = ${context}\)`;
const isMineOrNobodys = String.raw`^\(NOT \(tenant_id IS DISTINCT FROM ${context}\)\)`;

const lacks = (expression: string): string => `
  (${expression} is null or ${expression} ~ ' OR ' or not (${expression} ~ $re$${isMine}$re$
    or c.relname in (${inList(tablesWithOptionalTenant)}) and ${expression} ~ $re$${isMineOrNobodys}$re$))`;

export const tenantPolicy: Rule = {
  name: 'tenant-policy',
  why: 'a policy of app_tenant shows or takes rows of other tenants',
  fix:
    'write: create policy tenant on <table> to app_tenant using (tenant_id = (select app.tenant_id())) with ' +
    'check (tenant_id = (select app.tenant_id())); further conditions follow with and',
  sql: `
    select format('policy %I on %s', p.polname, c.oid::regclass) as object
    from pg_policy p
    join pg_class c on c.oid = p.polrelid
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    cross join lateral (select pg_get_expr(p.polqual, c.oid) as shown,
                               pg_get_expr(p.polwithcheck, c.oid) as taken) e
    where c.relnamespace = 'app'::regnamespace and p.polpermissive
      and 'app_tenant'::regrole::oid = any (p.polroles)
      and (p.polcmd <> 'a' and ${lacks('e.shown')} or p.polcmd in ('a', 'w', '*') and ${lacks('e.taken')})`,
};
