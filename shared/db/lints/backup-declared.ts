import { tablesOutsideBackups } from './exceptions.ts';
import { inList, type Rule } from './rule.ts';

export const backupDeclared: Rule = {
  name: 'backup-declared',
  why: 'nobody has said what a restore of its tenant does with its rows, so no backup holds them',
  fix:
    "select app.declare_backup('<table>', 'restored', '…why…'), or 'kept' for a record of what happened; see " +
    'docs/backups.md',
  // A table without any policy is another rule's business.
  sql: `
    select c.oid::regclass::text as object from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p')
      and c.relname not in (${inList(tablesOutsideBackups)})
      and (c.relname = 'tenants' or exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
      and exists (select from pg_policy p where p.polrelid = c.oid)
      and not exists (
        select from pg_policy p
        where p.polrelid = c.oid and p.polname = 'backup'
          and obj_description(p.oid, 'pg_policy') is not null)`,
};
