/**
 * Tenants with rows in every table, together in one database, and each of them alone in another that holds its
 * rows and nothing else. What a tenant finds must be the same in both.
 */
import type { Client } from 'pg';
import { factoryOf } from '#test/isolation/rows.ts';
import { type Founded, foundTenant, type NewUuid } from '#test/shared/db/tenants.ts';
import type { Shape } from './shapes.ts';

/** A row as text, column by column. */
export type TextRow = Readonly<Record<string, string | null>>;

/** Rows by table. */
export type Rows = ReadonlyMap<string, readonly TextRow[]>;

/** What a tenant owns, and what it must never learn or touch. */
export type Ground = { tenant: Founded; shapes: readonly Shape[]; own: Rows; foreign: Rows };

const rowsEach = 3;

/** Prepares a database for statements to be compared in: no clocks, and a look at all rows for anybody. */
export async function instrument(admin: Client, shapes: readonly Shape[]): Promise<void> {
  const parts = shapes.map(
    ({ name, owner }) =>
      `select '${name} ' || ${owner}, md5(string_agg(t::text, ' ' order by t::text)) from app.${name} t group by 1`,
  );
  // A tenant's version and the rows that a trigger adds follow the clock; here the one counts and the others stand
  // still, or no two databases would ever agree.
  await admin.query(`
    alter table app.audit_pending alter column since set default '2026-01-01';
    create or replace function app.next_version(current bigint) returns bigint
      language sql volatile as 'select current + 1';
    create schema battery;
    create function battery.fingerprint() returns table (part text, hash text)
      language sql volatile security definer set search_path = pg_catalog
      as $$ ${parts.join(' union all ')} $$;
    grant usage on schema battery to app_tenant;
    grant execute on function battery.fingerprint() to app_tenant;`);
}

/** So many tenants with rows everywhere, some of which have the same ids as those of the next tenant. */
export async function populate(
  admin: Client,
  shapes: readonly Shape[],
  { count, uuid }: { count: number; uuid: NewUuid },
): Promise<Founded[]> {
  const tenants: Founded[] = [];
  for (let index = 0; index < count; index += 1) {
    const tenant = await foundTenant(admin, uuid);
    tenants.push(tenant);
    await admin.query('update app.tenants set domain = $2 where id = $1', [
      tenant.tenantId,
      `${tenant.slug}.example`,
    ]);
    // In the shape's order, and a person before what refers to them: the factories see to the latter.
    for (const { name } of shapes) {
      for (let row = 0; row < rowsEach; row += 1)
        await add(admin, name, await factoryOf(name)(tenant, admin, uuid));
    }
  }
  // References are not looked at: what a shared row refers to need not be shared as well.
  await admin.query('set session_replication_role = replica');
  for (const [index, tenant] of tenants.entries()) {
    const next = tenants[(index + 1) % tenants.length] ?? tenant;
    for (const shape of shapes) await shareKeys(admin, shape, tenant, next);
  }
  await admin.query('reset session_replication_role');
  return tenants;
}

/** Copies one tenant's rows, as they are, into a database of its own. */
export async function copyAlone(
  from: Client,
  to: Client,
  shapes: readonly Shape[],
  { tenantId, userId }: Founded,
): Promise<void> {
  // Replicas check no reference and fire no trigger: the rows arrive byte by byte.
  await to.query(`set session_replication_role = replica`);
  for (const { name, owner } of shapes) {
    const whose =
      name === 'users'
        ? `id in (select user_id from app.memberships where tenant_id = '${tenantId}')`
        : `${owner} in ('${tenantId}', '${userId}')`;
    const { rows } = await from.query<{ row: string }>(
      `select t::text as row from app.${name} t where ${whose} order by t::text`,
    );
    for (const { row } of rows) {
      await to.query(`insert into app.${name} select ($1::text::app.${name}).*`, [row]);
    }
  }
  // A choice among tenants that do not exist here.
  await to.query('update app.users set default_tenant_id = null where default_tenant_id <> $1', [tenantId]);
  await to.query(`set session_replication_role = default`);
}

/** What is a tenant's own, read from its own database, and everything else of the shared one. */
export async function groundOf(
  shared: Client,
  alone: Client,
  shapes: readonly Shape[],
  tenant: Founded,
): Promise<Ground> {
  const own = await textRows(alone, shapes);
  const all = await textRows(shared, shapes);
  const foreign = new Map(
    shapes.map(({ name }) => {
      const known = new Set((own.get(name) ?? []).map((row) => JSON.stringify(row)));
      return [name, (all.get(name) ?? []).filter((row) => !known.has(JSON.stringify(row)))] as const;
    }),
  );
  return { tenant, shapes, own, foreign };
}

async function textRows(client: Client, shapes: readonly Shape[]): Promise<Map<string, TextRow[]>> {
  const found = new Map<string, TextRow[]>();
  for (const { name, columns, uniques } of shapes) {
    const list = columns.map((column) => `${column.name}::text as ${column.name}`).join(', ');
    const key = (uniques.find((unique) => unique.name.endsWith('_pkey'))?.columns ?? ['1']).join(', ');
    const { rows } = await client.query<TextRow>(`select ${list} from app.${name} order by ${key}`);
    found.set(name, rows);
  }
  return found;
}

async function add(admin: Client, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row);
  const values = columns.map((_column, index) => `$${index + 1}`);
  await admin.query(
    `insert into app.${table} (${columns.join(', ')}) values (${values.join(', ')}) on conflict do nothing`,
    Object.values(row),
  );
}

/** The same key in the next tenant: an id alone must never be enough to find a row. A member joins both. */
async function shareKeys(admin: Client, { name, uniques, owner }: Shape, one: Founded, other: Founded) {
  const key = uniques.find((unique) => unique.name.endsWith('_pkey'))?.columns ?? [];
  if (key.length < 2) return;
  const isMember = name === 'memberships' ? `and user_id <> '${one.userId}'` : '';
  await admin.query(
    `insert into app.${name}
     select (jsonb_populate_record(null::app.${name},
       replace(replace(to_jsonb(t)::text, $1, $2), $3, $4)::jsonb)).*
     from app.${name} t where ${owner} in ($1, $3) ${isMember} order by ${key.join(', ')} limit 1
     on conflict do nothing`,
    [one.tenantId, other.tenantId, one.userId, other.userId],
  );
}
