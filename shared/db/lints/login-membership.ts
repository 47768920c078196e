import { inList, loginRoles, type Rule } from './rule.ts';

export const loginMembership: Rule = {
  name: 'login-membership',
  why: 'a login can take on the rights of the roles it is a member of',
  fix: 'revoke <granted> from <login>; grant what the login needs to itself. Only rds_iam may stay',
  sql: `
    select format('%s in %s', m.member::regrole, m.roleid::regrole) as object
    from pg_auth_members m
    where m.member::regrole::text in (${inList(loginRoles)}) and m.roleid::regrole::text <> 'rds_iam'`,
};
