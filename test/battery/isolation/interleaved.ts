/**
 * Many tenants, few connections: transactions of all of them at once, some of which end badly. Each looks at
 * everything it can see and writes one row; between them, statements that entered no tenant look as well.
 */
import type { Client, Pool } from 'pg';
import { type OpenTransaction, transact } from '#shared/db/transaction.ts';
import { sql } from '#shared/db/sql.ts';
import type { Founded } from '#test/shared/db/tenants.ts';
import { atMost } from '#test/support/at-most.ts';

/** What was tried and what was seen. */
export type Interleaved = {
  transactions: number;
  aborted: Record<Abort, number>;
  unentered: number;
  /** Somebody else's rows seen, by a tenant or by nobody. */
  leaks: string[];
  /** Committed and not there, aborted and there, own rows unseen, or an end that was not the expected one. */
  wrong: string[];
};

/** How a transaction ends badly. */
export const aborts = ['thrown', 'failed', 'timed out', 'killed'] as const;
export type Abort = (typeof aborts)[number];

/** What the error says of an end that came from what was done; any other error is a wrong end. */
const signs: Readonly<Record<Abort, RegExp>> = {
  thrown: /thrown on purpose/,
  failed: /division by zero/,
  'timed out': /statement timeout/,
  // The next statement finds the connection gone, or is the one that finds out or is told.
  killed: /connection error and is not queryable|write EPIPE|terminating connection due to administrator/,
};

/** One transaction in ten is aborted, and one look in ten enters no tenant. */
const everyTenth = 10;
const atOnce = 12;

const looks = [
  sql`select id as tenant from app.tenants`,
  sql`select distinct tenant_id as tenant from app.memberships`,
  sql`select distinct tenant_id as tenant from app.invitations`,
  sql`select distinct tenant_id as tenant from app.audit_events`,
];

/**
 * Interleaves so many transactions.
 * @param admin ends connections, and counts afterwards
 */
export async function interleave(
  pool: Pool,
  admin: Client,
  tenants: readonly Founded[],
  transactions: number,
): Promise<Interleaved> {
  const found: Interleaved = {
    transactions,
    aborted: { thrown: 0, failed: 0, 'timed out': 0, killed: 0 },
    unentered: 0,
    leaks: [],
    wrong: [],
  };
  const committed = new Map(tenants.map(({ tenantId }) => [tenantId, 0]));
  const before = await written(admin);
  await atMost(atOnce, Array(transactions).keys(), async (turn) => {
    // Not the order of the tenants: a connection must not serve one tenant for long.
    const tenant = tenants[(turn * 17 + Math.floor(turn / tenants.length)) % tenants.length];
    if (tenant === undefined) throw new Error('there is no tenant');
    if (turn % everyTenth === 5) {
      found.unentered += 1;
      const { text, values } = looks[turn % looks.length] ?? sql`select`;
      const { rows } = await pool.query<Seen>(text, [...values]);
      if (rows.length > 0) found.leaks.push(`nobody saw ${rows.length} rows`);
    }
    const abort = turn % everyTenth === 0 ? aborts[(turn / everyTenth) % aborts.length] : undefined;
    const committedNow = await visit(pool, admin, tenant, abort, found);
    if (committedNow) committed.set(tenant.tenantId, (committed.get(tenant.tenantId) ?? 0) + 1);
  });
  const after = await written(admin);
  for (const [tenantId, count] of committed) {
    const rows = (after.get(tenantId) ?? 0) - (before.get(tenantId) ?? 0);
    if (rows !== count) found.wrong.push(`${tenantId} committed ${count} rows and has ${rows}`);
  }
  return found;
}

type Seen = { tenant: string };

/** One transaction; true when it was committed. */
async function visit(
  pool: Pool,
  admin: Client,
  tenant: Founded,
  abort: Abort | undefined,
  found: Interleaved,
): Promise<boolean> {
  let ready = false;
  try {
    await transact(pool, tenant.entry, async (tx) => {
      await look(tx, tenant, found);
      await tx.query(sql`insert into app.audit_events (tenant_id, id, plane, action, request_id)
        values (${tenant.tenantId}, gen_random_uuid(), 'tenant', 'thing.done', 'interleaved')`);
      if (abort !== undefined) {
        ready = true;
        await end(tx, admin, abort);
      }
      await look(tx, tenant, found);
    });
  } catch (error) {
    if (abort === undefined || !ready || !signs[abort].test(describe(error))) {
      found.wrong.push(`failed: ${describe(error)}`);
      return false;
    }
    found.aborted[abort] += 1;
    return false;
  }
  if (abort !== undefined) found.wrong.push(`${abort}, and yet committed`);
  return true;
}

async function look(
  tx: OpenTransaction,
  { tenantId }: Founded,
  { leaks, wrong }: Interleaved,
): Promise<void> {
  const seen = await Promise.all(looks.map((statement) => tx.query<Seen>(statement)));
  const strangers = seen.flat().filter(({ tenant }) => tenant !== tenantId);
  if (strangers.length > 0) leaks.push(`${tenantId} saw ${strangers.map(({ tenant }) => tenant).join(', ')}`);
  const [self, members] = seen;
  if (self?.length !== 1 || members?.length !== 1) wrong.push(`${tenantId} did not see itself`);
}

async function end(tx: OpenTransaction, admin: Client, abort: Abort): Promise<void> {
  if (abort === 'thrown') throw new Error('thrown on purpose');
  if (abort === 'failed') await tx.query(sql`select 1 / ${0}::integer`);
  if (abort === 'timed out') {
    await tx.query(sql`select set_config('statement_timeout', '15', true)`);
    await tx.query(sql`select pg_sleep(5)`);
  }
  if (abort === 'killed') {
    const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await admin.query('select pg_terminate_backend($1, 5000)', [pid]);
  }
}

async function written(admin: Client): Promise<Map<string, number>> {
  const { rows } = await admin.query<{ tenant: string; count: number }>(
    `select tenant_id as tenant, count(*)::int as count from app.audit_events group by 1`,
  );
  return new Map(rows.map(({ tenant, count }) => [tenant, count]));
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${String(error)}${cause}`;
}
