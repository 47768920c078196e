/** Audit trails of tests: rows that are written as requests do, and a chain over them that is then tampered with. */
import { randomUUID } from 'node:crypto';
import type { Client, Pool } from 'pg';
import { beginning, checkPage, type Finding } from '#shared/audit/chain/check.ts';
import { sealTrails } from '#shared/audit/chain/seal.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import type { Founded } from '../db/tenants.ts';

/** Writes so many rows into a tenant's trail, each with everything that a row may say; returns their ids. */
export async function writeRows(
  admin: Client,
  { tenantId, userId }: Founded,
  count: number,
): Promise<string[]> {
  const { rows } = await admin.query<{ id: string }>(
    `insert into app.audit_events (tenant_id, id, occurred_at, plane, actor_type, actor_id, action, target_type,
                                   target_id, ip, user_agent, request_id, reason, before, after, on_behalf_of,
                                   impersonation_id)
     select $1, gen_random_uuid(), timestamptz '2026-11-21T10:00:00Z' + make_interval(secs => n), 'tenant', 'person',
            $2, 'member.role_changed', 'user', 'usr_' || n, '203.0.113.7', 'test', 'request-' || n, 'asked for',
            jsonb_build_object('role', 'viewer'), jsonb_build_object('role', 'admin', 'n', n), $2, gen_random_uuid()
     from generate_series(1, $3::integer) n
     returning id, occurred_at`,
    [tenantId, userId, count],
  );
  return rows.map(({ id }) => id);
}

/** Seals everything that waits in any tenant. */
export const sealAll = (systemPool: Pool) => sealTrails(systemPool, Date.now() + 30_000);

/** All findings of a tenant, page by page. */
export async function findingsOf(pool: Pool, { tenantId }: Founded, most = 1_000): Promise<Finding[]> {
  const entry = { tenantId, userId: null, requestId: randomUUID() };
  const found: Finding[] = [];
  for (let place = beginning, ended = false; !ended;) {
    const page = await transact(pool, entry, (tx) => checkPage(tx, place, most));
    found.push(...page.findings);
    ({ place, ended } = page);
  }
  return found;
}

/** The links of a tenant, in order. */
export async function linksOf(
  admin: Client,
  { tenantId }: Founded,
): Promise<{ sequence: number; event_id: string; hash: string }[]> {
  const { rows } = await admin.query<{ sequence: number; event_id: string; hash: string }>(
    `select sequence::int, event_id, encode(hash, 'hex') as hash from app.audit_links
     where tenant_id = $1 order by sequence`,
    [tenantId],
  );
  return rows;
}

/**
 * What somebody does who administers the database and knows how chains are made: forgets a tenant's chain and makes a
 * whole new one over what the trail says now.
 */
export async function rewriteChain(admin: Client, systemPool: Pool, { tenantId }: Founded): Promise<void> {
  await admin.query('delete from app.audit_links where tenant_id = $1', [tenantId]);
  await admin.query('delete from app.audit_pending where tenant_id = $1', [tenantId]);
  await admin.query('update app.audit_heads set sequence = 0, hash = null where tenant_id = $1', [tenantId]);
  await admin.query(
    'insert into app.audit_pending (tenant_id, event_id) select tenant_id, id from app.audit_events where tenant_id = $1',
    [tenantId],
  );
  await transact(systemPool, { tenantId, userId: null, requestId: 'test' }, (tx) =>
    tx.query(sql`select app.seal_audit(100000)`),
  );
}
