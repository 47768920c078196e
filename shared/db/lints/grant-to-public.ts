import type { Rule } from './rule.ts';

export const grantToPublic: Rule = {
  name: 'grant-to-public',
  why: 'every role, also one that comes later, may use it',
  fix: 'revoke all on <object> from public, and grant what is needed to a role by name',
  sql: `
    select objects.object from (
      select c.oid::regclass::text as object, c.relacl as acl
      from pg_class c where c.relnamespace = 'app'::regnamespace
      union all
      select format('column %s.%I', c.oid::regclass, a.attname), a.attacl
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'app'::regnamespace and a.attacl is not null
      union all
      select format('function %s', p.oid::regprocedure), coalesce(p.proacl, acldefault('f', p.proowner))
      from pg_proc p
      where p.pronamespace = 'app'::regnamespace
        or p.prosecdef
          and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      union all
      select format('schema %I', n.nspname), n.nspacl
      from pg_namespace n where n.nspname in ('app', 'migration', 'public')
    ) objects
    where exists (select from aclexplode(objects.acl) entry where entry.grantee = 0)`,
};
