/** What there is to isolate, read from the live catalogue, so that a new table or function cannot hide. */
import type { Client } from 'pg';
import { tablesOfPlatform } from '#shared/db/lints/exceptions.ts';

export type Operation = 'select' | 'insert' | 'update' | 'delete';
export const operations: readonly Operation[] = ['select', 'insert', 'update', 'delete'];

export type Table = {
  name: string;
  columns: string[];
  primaryKey: string[];
  /** The operations that some policy lets app_tenant do. */
  policed: ReadonlySet<Operation>;
};

/** The tables of schema app that hold something of tenants or people. */
export async function tablesOf(admin: Client): Promise<Table[]> {
  return (await everyTableOf(admin)).filter(({ name }) => !(name in tablesOfPlatform));
}

/** The tables of schema app, those of the platform alone included. */
export async function everyTableOf(admin: Client): Promise<Table[]> {
  const { rows } = await admin.query<{
    name: string;
    columns: string[];
    primary_key: string[];
    cmds: string[];
  }>(
    `
    select c.relname as name,
      array(select a.attname::text from pg_attribute a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            order by a.attnum) as columns,
      array(select a.attname::text from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
            where i.indrelid = c.oid and i.indisprimary) as primary_key,
      array(select distinct p.polcmd::text from pg_policy p
            where p.polrelid = c.oid and 'app_tenant'::regrole::oid = any (p.polroles)) as cmds
    from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by c.relname`,
  );
  return rows.map(({ name, columns, primary_key, cmds }) => ({
    name,
    columns,
    primaryKey: primary_key,
    policed: new Set(operations.filter((operation) => cmds.includes('*') || cmds.includes(code[operation]))),
  }));
}

/** The views of schema app. */
export async function viewsOf(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'app'::regnamespace and relkind in ('v', 'm')`,
  );
  return rows.map(({ name }) => name);
}

/** The functions of schema app that run with their owner's rights. */
export async function definerFunctionsOf(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select proname as name from pg_proc
     where pronamespace = 'app'::regnamespace and prosecdef order by proname`,
  );
  return rows.map(({ name }) => name);
}

// As pg_policy writes them.
const code: Record<Operation, string> = { select: 'r', insert: 'a', update: 'w', delete: 'd' };
