/** What statements can be made of: tables, columns, keys and references, from the live catalogue. */
import type { Client } from 'pg';
import { tablesOf } from '#test/isolation/catalogue.ts';

/** A column, and what app_tenant was granted on it. */
export type Column = {
  name: string;
  type: string;
  readable: boolean;
  insertable: boolean;
  updatable: boolean;
};
export type UniqueIndex = { name: string; columns: string[]; where: string | null };
export type Reference = { name: string; columns: string[]; table: string; targets: string[] };

/** A table as a generator needs it. */
export type Shape = {
  name: string;
  columns: Column[];
  deletable: boolean;
  uniques: UniqueIndex[];
  references: Reference[];
  /** An expression over the row: whose it is, the id of a tenant or of a person. */
  owner: string;
};

/** The shapes of all tables that hold something of tenants or people. */
export async function shapesOf(admin: Client): Promise<Shape[]> {
  const names = (await tablesOf(admin)).map(({ name }) => name);
  const { rows } = await admin.query<Omit<Shape, 'owner'>>(
    `select c.relname as name,
      has_table_privilege('app_tenant', c.oid, 'delete') as deletable,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'readable', has_column_privilege('app_tenant', c.oid, a.attnum, 'select'),
          'insertable', has_column_privilege('app_tenant', c.oid, a.attnum, 'insert'),
          'updatable', has_column_privilege('app_tenant', c.oid, a.attnum, 'update')) order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      coalesce((select json_agg(json_build_object('name', n.relname, 'where', pg_get_expr(i.indpred, c.oid),
          'columns', (select json_agg(a.attname order by k.place)
            from unnest(i.indkey::int2[]) with ordinality as k (number, place)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
            where k.place <= i.indnkeyatts)) order by n.relname)
        from pg_index i join pg_class n on n.oid = i.indexrelid
        where i.indrelid = c.oid and i.indisunique and 0 <> all (i.indkey::int2[])), '[]') as uniques,
      coalesce((select json_agg(json_build_object('name', f.conname, 'table', t.relname,
          'columns', (select json_agg(a.attname order by k.place)
            from unnest(f.conkey) with ordinality as k (number, place)
            join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number),
          'targets', (select json_agg(a.attname order by k.place)
            from unnest(f.confkey) with ordinality as k (number, place)
            join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)) order by f.conname)
        from pg_constraint f join pg_class t on t.oid = f.confrelid
        where f.conrelid = c.oid and f.contype = 'f'), '[]') as references
    from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relname = any ($1)
    order by c.relname`,
    [names],
  );
  return rows.map((shape) => ({ ...shape, owner: ownerOf(shape) }));
}

/** Functions of schema app that app_tenant may call to read, and that take nothing or ids. */
export async function readingFunctionsOf(admin: Client): Promise<{ name: string; ids: number }[]> {
  const { rows } = await admin.query<{ name: string; ids: number }>(
    `select proname as name, pronargs::int as ids from pg_proc
     where pronamespace = 'app'::regnamespace and prosecdef and provolatile = 's'
       and has_function_privilege('app_tenant', oid, 'execute')
       and 'uuid'::regtype = all (proargtypes::oid[]) order by proname`,
  );
  return rows;
}

function ownerOf({ name, columns }: Omit<Shape, 'owner'>): string {
  const has = (column: string) => columns.some((candidate) => candidate.name === column);
  if (has('tenant_id')) return "coalesce(tenant_id::text, 'nobody')";
  if (name === 'tenants' || name === 'users') return 'id::text';
  if (has('user_id')) return 'user_id::text';
  throw new Error(`nobody knows whose the rows of app.${name} are: say so in ${import.meta.filename}`);
}
