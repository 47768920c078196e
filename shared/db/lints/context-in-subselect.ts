import type { Rule } from './rule.ts';

export const contextInSubselect: Rule = {
  name: 'context-in-subselect',
  why: 'the context is computed again for every row',
  fix: 'write (select app.tenant_id()) and (select app.user_id()) in policies',
  sql: String.raw`
    select format('policy %I on %s', p.polname, p.polrelid::regclass) as object
    from pg_policy p
    where concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      ~ '(?<!SELECT )app\.(tenant|user)_id\(\)'`,
};
