import { inList, loginRoles, type Rule } from './rule.ts';

export const loginPrivileges: Rule = {
  name: 'login-privileges',
  why: 'these privileges act on all rows at once, past the policies',
  fix: 'revoke truncate, references, trigger, maintain on <table> from <login>',
  sql: `
    select format('%s on %s for %s', lower(entry.privilege_type), c.oid::regclass, entry.grantee::regrole)
      as object
    from pg_class c cross join lateral aclexplode(c.relacl) entry
    where c.relnamespace = 'app'::regnamespace and entry.grantee not in (0, c.relowner)
      and entry.grantee::regrole::text in (${inList(loginRoles)})
      and entry.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN')`,
};
