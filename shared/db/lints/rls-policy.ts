import type { Rule } from './rule.ts';

export const rlsPolicy: Rule = {
  name: 'rls-policy',
  why: 'the table has no policy, so every statement finds nothing and every insert is refused',
  fix:
    'write: create policy tenant on <table> to app_tenant using (tenant_id = (select app.tenant_id())) with ' +
    'check (tenant_id = (select app.tenant_id()))',
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid)`,
};
