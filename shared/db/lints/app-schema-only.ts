import type { Rule } from './rule.ts';

export const appSchemaOnly: Rule = {
  name: 'app-schema-only',
  why: 'the other rules look at schema app; what stands elsewhere is not checked',
  fix: 'create it in schema app',
  sql: `
    select c.oid::regclass::text as object
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and n.nspname not in ('app', 'migration', 'information_schema') and n.nspname !~ '^pg_'
      and not exists (
        select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`,
};
