import { inList, loginRoles, type Rule } from './rule.ts';

export const loginAttributes: Rule = {
  name: 'login-attributes',
  why: 'a role with such an attribute can step around every policy',
  fix: 'alter role <role> nosuperuser nobypassrls nocreaterole nocreatedb noreplication; only logins log in',
  sql: `
    select r.rolname::text as object from pg_roles r
    where r.rolname in (${inList(loginRoles)}, 'app_definer', 'app_migrator')
      and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication
        or r.rolcanlogin <> (r.rolname in (${inList(loginRoles)})))`,
};
