/**
 * A month of activity in several tenants, so that every screen has something to show (OPS-6). Requests cannot make the
 * past, so rows and counters are written beside the kernel, as they would have become: ledger, budgets and limits
 * agree. All of it depends on the moment at which it was begun, so beginning again adds nothing.
 */
import pg from 'pg';
import { companies } from './companies.ts';
import { monthOf } from './company.ts';
import { daysBefore } from './clock.ts';
import { addCounters, countersFor, type GateTable } from './counters.ts';
import { writeTables } from './tables.ts';

export type MonthOptions = {
  /** The database, as its administrator. */
  databaseUrl: string;
  gate: GateTable;
  /** The month before this moment. */
  at: Date;
  /** The tenant that was founded through the API, and bare ids of the demo’s own people. */
  tenantId: string;
  owner: string;
  staff: string;
};

/** Adds what is missing of the month. */
export async function fillMonth({
  databaseUrl,
  gate,
  at,
  tenantId,
  owner,
  staff,
}: MonthOptions): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    for (const [index, company] of companies.entries()) {
      const known = index === 0 ? { owner, staff, tenantId } : { owner, staff };
      const month = monthOf(company, known, at);
      await writeTables(client, month.tables);
      const id = (month.tables.get('tenants')?.[0]?.id as string | undefined) ?? tenantId;
      await addCounters(gate, at.toISOString(), countersFor(company, id, month, at));
    }
    await makeOlder(client, { tenantId, owner, since: daysBefore(at, companies[0].ageDays) });
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.end();
  }
}

/** The tenant that was founded a moment ago is as old as what happened in it; and it is the owner’s main one. */
async function makeOlder(
  client: pg.Client,
  { tenantId, owner, since }: { tenantId: string; owner: string; since: Date },
): Promise<void> {
  // What is old enough is left alone: whatever is written moves versions.
  for (const [table, column, where] of [
    ['tenants', 'created_at', 'id = $1'],
    ['api_keys', 'created_at', `tenant_id = $1 and name = 'First administration key'`],
    ['memberships', 'created_at', `tenant_id = $1 and role = 'owner'`],
    ['audit_events', 'occurred_at', `tenant_id = $1 and action = 'tenant.created'`],
  ] as const) {
    const text = `update app.${table} set ${column} = $2 where ${where} and ${column} > $2`;
    await client.query(text, [tenantId, since]);
  }
  await client.query(
    `update app.users set default_tenant_id = coalesce(default_tenant_id, $1), created_at = $2
     where id = $3 and created_at > $2`,
    [tenantId, since, owner],
  );
}
