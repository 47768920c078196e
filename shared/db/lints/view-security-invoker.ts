import type { Rule } from './rule.ts';

export const viewSecurityInvoker: Rule = {
  name: 'view-security-invoker',
  why: 'a view reads with the rights of its owner, past the policies of the caller',
  fix: 'write: create view … with (security_invoker = true); a materialized view has no policies: use a table',
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace
      and (c.relkind = 'm'
        or c.relkind = 'v' and not coalesce(
          (select o.option_value::boolean from pg_options_to_table(c.reloptions) o
           where o.option_name = 'security_invoker'), false))`,
};
