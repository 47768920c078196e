import { inList, loginRoles, type Rule } from './rule.ts';

export const loginOwnership: Rule = {
  name: 'login-ownership',
  why: 'an owner may change its table’s policies',
  fix: 'let app_migrator own it: alter … owner to app_migrator',
  sql: `
    select format('%s owns %s', d.refobjid::regrole,
                  (pg_identify_object(d.classid, d.objid, d.objsubid)).identity) as object
    from pg_shdepend d
    where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
      and d.refobjid::regrole::text in (${inList(loginRoles)})
      and d.dbid in (0, (select oid from pg_database where datname = current_database()))`,
};
