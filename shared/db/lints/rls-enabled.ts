import type { Rule } from './rule.ts';

export const rlsEnabled: Rule = {
  name: 'rls-enabled',
  why: 'every role with a grant sees the rows of all tenants',
  fix: 'add: alter table <table> enable row level security',
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity`,
};
