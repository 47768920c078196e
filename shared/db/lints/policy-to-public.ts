import type { Rule } from './rule.ts';

export const policyToPublic: Rule = {
  name: 'policy-to-public',
  why: 'every role, also one that comes later, is let in by this policy',
  fix: 'name the role: create policy … to app_tenant',
  sql: `
    select format('policy %I on %s', p.polname, p.polrelid::regclass) as object
    from pg_policy p where 0 = any (p.polroles)`,
};
