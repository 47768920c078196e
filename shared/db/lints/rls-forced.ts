import type { Rule } from './rule.ts';

export const rlsForced: Rule = {
  name: 'rls-forced',
  why: 'the owner of the table is not bound by its policies',
  fix: 'add: alter table <table> force row level security',
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
      and c.relrowsecurity and not c.relforcerowsecurity`,
};
