import { appendOnly as tables } from './exceptions.ts';
import { inList, type Rule } from './rule.ts';

export const appendOnly: Rule = {
  name: 'append-only',
  why: 'a record that can be changed proves nothing',
  fix: 'revoke update, delete, truncate on <table>; write another row that corrects the first',
  sql: `
    select format('%s on %s for %s', lower(entry.privilege_type), c.oid::regclass, entry.grantee::regrole)
      as object
    from pg_class c
    cross join lateral (
      select (aclexplode(c.relacl)).*
      union all
      select (aclexplode(a.attacl)).* from pg_attribute a where a.attrelid = c.oid
    ) entry
    where c.relnamespace = 'app'::regnamespace and c.relname in (${inList(tables)})
      and entry.grantee not in (0, c.relowner)
      and entry.privilege_type in ('UPDATE', 'DELETE')`,
};
