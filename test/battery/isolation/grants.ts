/** Who was granted what, from the live catalogue. */
import type { Client } from 'pg';
import type { DatabaseRole } from '#shared/contract/module.ts';
import { loginRoles } from '#shared/db/lints/rule.ts';
import type { Operation } from '#test/isolation/catalogue.ts';

/** The logins of functions, and the owner of the functions that look across tenants. */
export type Role = DatabaseRole | 'app_definer';
export const roles: readonly Role[] = [...loginRoles, 'app_definer'];

/** An operation that a role may do to a table. */
export type Grant = {
  role: Role;
  table: string;
  operation: Operation;
  /** One that it may update. */
  column?: string;
  /** Those that it may read. */
  readable: readonly string[];
};

/** Every grant on the tables of schema app. */
export async function grantsOf(admin: Client): Promise<Grant[]> {
  const { rows } = await admin.query<Required<Grant>>(
    `select r.rolname as role, c.relname as table, o.operation,
        (select a.attname::text from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           and has_column_privilege(r.oid, c.oid, a.attnum, 'update')
         order by a.attnum limit 1) as column,
        array(select a.attname::text from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            and has_column_privilege(r.oid, c.oid, a.attnum, 'select')) as readable
      from pg_class c
      cross join pg_roles r
      cross join unnest(array['select', 'insert', 'update', 'delete']) as o (operation)
      where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and r.rolname = any ($1)
        and case o.operation when 'delete' then has_table_privilege(r.oid, c.oid, 'delete')
            else has_any_column_privilege(r.oid, c.oid, o.operation) end
      order by 1, 2, 3`,
    [roles],
  );
  return rows.map(({ column, ...grant }) => (grant.operation === 'update' ? { ...grant, column } : grant));
}

/** Gives a role every privilege on rows: policies alone stand in its way then. */
export const grantEverything =
  'grant select, insert, update, delete on all tables in schema app to app_tenant';
