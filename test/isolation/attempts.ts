/** Attempts on rows, as the login of tenants, in a context of choice; each is rolled back. */
import pg, { type Client } from 'pg';
import type { DatabaseRole } from '#shared/contract/module.ts';
import type { Founded } from '#test/shared/db/tenants.ts';
import type { KernelDatabase } from '#test/support/kernel-database.ts';
import type { Operation, Table } from './catalogue.ts';
import type { Row } from './rows.ts';

/** Whether the database let it happen. Hidden rows and refusals are told apart in messages only. */
export type Outcome = 'allowed' | 'hidden' | 'refused';

/** Who the transaction pretends to be; undefined sets nothing at all. */
export type Context = { tenant: string; user: string } | undefined;

export const contextOf = ({ tenantId, userId }: Founded): Context => ({ tenant: tenantId, user: userId });

/** A row of a table, and the condition on its key that finds it again. */
export type Placed = { table: Table; where: string };

/** A plain connection of a login. */
export async function signIn(database: KernelDatabase, login: DatabaseRole) {
  const { DATABASE_HOST, DATABASE_PORT, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD } =
    database.environment(login);
  const client = new pg.Client({
    host: DATABASE_HOST,
    port: Number(DATABASE_PORT),
    database: DATABASE_NAME,
    user: DATABASE_USER,
    password: DATABASE_PASSWORD,
  });
  await client.connect();
  return client;
}

/** Puts a row there as the superuser; one that exists already is found by its key. */
export async function place(admin: Client, table: Table, row: Row): Promise<Placed> {
  await admin.query(`${insertText(table, row)} on conflict do nothing`, Object.values(row));
  const where = table.primaryKey
    .map((column) => `${column} = ${pg.escapeLiteral(String(row[column]))}`)
    .join(' and ');
  const { rowCount } = await admin.query(`select from app.${table.name} where ${where}`);
  if (rowCount !== 1) throw new Error(`the row of app.${table.name} could not be placed`);
  return { table, where };
}

/** Tries an operation on a placed row; an insert adds the given row. */
export async function attempt(
  client: Client,
  context: Context,
  operation: Operation,
  placed: Placed,
  fresh: Row,
): Promise<Outcome> {
  const { text, values } = statementFor(operation, placed, fresh);
  return run(client, context, text, values);
}

/** A statement as the driver takes it. */
export type Attempted = { text: string; values?: unknown[] };

/**
 * The statement that does an operation to a placed row; an insert adds the given row.
 * @param column which one an update writes, to what it was
 */
export function statementFor(
  operation: Operation,
  { table, where }: Placed,
  fresh: Row,
  column: string = table.columns[0] ?? '',
): Attempted {
  if (operation === 'insert') return { text: insertText(table, fresh), values: Object.values(fresh) };
  if (operation === 'select') return { text: `select 1 from app.${table.name} where ${where}` };
  if (operation === 'delete') return { text: `delete from app.${table.name} where ${where}` };
  return { text: `update app.${table.name} set ${column} = ${column} where ${where}` };
}

/** Tries to give a row that the context may change to another tenant. */
export function attemptToMove(
  client: Client,
  context: Context,
  { table, where }: Placed,
  to: string,
): Promise<Outcome> {
  return run(client, context, `update app.${table.name} set tenant_id = $1 where ${where}`, [to]);
}

/** Runs a statement in a transaction with this context and rolls it back. */
export async function run(
  client: Client,
  context: Context,
  text: string,
  values: unknown[] = [],
): Promise<Outcome> {
  await client.query('begin');
  try {
    return await outcomeOf(client, context, { text, values });
  } finally {
    await client.query('rollback');
  }
}

/** What the database makes of a statement with this context; the transaction around it is the caller's. */
export async function outcomeOf(
  client: Client,
  context: Context,
  { text, values = [] }: Attempted,
): Promise<Outcome> {
  try {
    if (context !== undefined) {
      await client.query(
        `select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)`,
        [context.tenant, context.user],
      );
    }
    const { rowCount } = await client.query(text, values);
    return rowCount === 0 ? 'hidden' : 'allowed';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Policies are checked first: who violates a key, a reference or a check has passed them.
    if (/^23(502|503|505|514)$/.test(code)) return 'allowed';
    // Not permitted, or a context that is not a UUID.
    if (code === '42501' || code === '22P02') return 'refused';
    throw error;
  }
}

function insertText(table: Table, row: Row): string {
  const columns = Object.keys(row);
  const values = columns.map((_column, index) => `$${index + 1}`);
  return `insert into app.${table.name} (${columns.join(', ')}) values (${values.join(', ')})`;
}
