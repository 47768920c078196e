/**
 * Checking every tenant's audit trail once a day (AUD-1), against its chain and its chain against the archive. Tenants
 * take turns of a page; a check that time cuts off goes on where it stopped.
 */
import type { Pool } from 'pg';
import { sql } from '../../db/sql.ts';
import { transact } from '../../db/transaction.ts';
import { securityEventRow } from '../security-events.ts';
import { archivedSequence, rewrittenAt } from './archive.ts';
import { beginning, type CheckedPage, checkPage, type Finding, type Place, tamperingEvent } from './check.ts';

/** How many came to their end, what was found in all of them, and what went wrong. */
export type Checked = {
  pages: number;
  tenants: number;
  findings: number;
  oldestHours: number;
  failures: unknown[];
};

const pageRows = 5_000;
const everyHours = 20;
const tenantsAtOnce = 100;

/** @param systemPool connects as `app_system` */
export async function checkTrails(systemPool: Pool, untilMs: number): Promise<Checked> {
  const checked: Checked = { pages: 0, tenants: 0, findings: 0, oldestHours: 0, failures: [] };
  let turn = await dueTenants(systemPool);
  while (turn.length > 0 && Date.now() < untilMs) {
    const unfinished: DueTenant[] = [];
    for (const due of turn) {
      if (Date.now() >= untilMs) break;
      const page = await checkTurn(systemPool, due).catch((error: unknown) => {
        // One tenant's trouble is nobody else's.
        checked.failures.push(error);
      });
      if (page === undefined) continue;
      checked.pages += 1;
      checked.findings += page.findings.length;
      checked.tenants += page.ended ? 1 : 0;
      if (!page.ended) unfinished.push({ ...due, place: page.place, begun: true });
    }
    turn = unfinished;
  }
  return { ...checked, oldestHours: await oldest(systemPool) };
}

type DueTenant = { id: string; archived: number; begun: boolean; place: Place };

const outside = { tenantId: null, userId: null, requestId: 'audit' };

/** Whose last check is the longest ago comes first; a tenant without a head has an empty trail, or one that was emptied. */
async function dueTenants(systemPool: Pool): Promise<DueTenant[]> {
  const rows = await transact(systemPool, outside, (tx) =>
    tx.query<{
      id: string;
      archived_sequence: string | null;
      checking_since: Date | null;
      checking_sequence: string | null;
      checking_event: string | null;
    }>(sql`
      select t.id, ${archivedSequence()} as archived_sequence, h.checking_since, h.checking_sequence, h.checking_event
      from app.tenants t left join app.audit_heads h on h.tenant_id = t.id
      where h.checked_at is null or h.checked_at < now() - make_interval(hours => ${everyHours}::integer)
      order by h.checked_at nulls first, t.id limit ${tenantsAtOnce}`),
  );
  return rows.map(({ id, archived_sequence: archived, checking_since: since, ...row }) => ({
    ...{ id, archived: Number(archived ?? 0), begun: since !== null },
    place: { sequence: Number(row.checking_sequence ?? 0), event: row.checking_event },
  }));
}

/** A page of one tenant, and what is remembered of it. */
async function checkTurn(systemPool: Pool, { id, archived, begun, place }: DueTenant): Promise<CheckedPage> {
  const rewritten = begun ? null : await rewrittenAt(systemPool, id, archived);
  return transact(systemPool, { ...outside, tenantId: id }, async (tx) => {
    await tx.query(sql`
      insert into app.audit_heads (tenant_id) values (app.tenant_id()) on conflict do nothing`);
    const page = await checkPage(tx, begun ? place : beginning, pageRows);
    const findings: Finding[] = [
      ...(rewritten === null ? [] : [{ kind: 'rewritten', sequence: rewritten, eventId: null } as const]),
      ...page.findings,
    ];
    // Kept one by one up to here: a trail that is wrong throughout is not told in a million events.
    for (const finding of findings.slice(0, 100)) {
      tx.record(
        securityEventRow(tamperingEvent(finding), {
          ...{ tenantId: id, userId: null, requestId: 'audit', source: { ip: '', userAgent: '' } },
        }),
      );
    }
    const found = sql`${findings.length}::integer + case when ${begun}::boolean then checking_findings else 0 end`;
    tx.record(
      page.ended
        ? sql`
          update app.audit_heads
          set checked_at = now(), checked_sequence = ${page.place.sequence}::bigint, checked_findings = ${found},
              checking_since = null, checking_sequence = 0, checking_event = null, checking_findings = 0
          where tenant_id = app.tenant_id()`
        : sql`
          update app.audit_heads
          set checking_since = coalesce(checking_since, now()), checking_sequence = ${page.place.sequence}::bigint,
              checking_event = ${page.place.event}::uuid, checking_findings = ${found}
          where tenant_id = app.tenant_id()`,
    );
    return { ...page, findings };
  });
}

/** How long ago the check is that is the longest ago; a tenant that is younger than that counts from its beginning. */
async function oldest(systemPool: Pool): Promise<number> {
  const { hours } = await transact(systemPool, outside, (tx) =>
    tx.one<{ hours: number | null }>(sql`
      select max(extract(epoch from now() - coalesce(h.checked_at, t.created_at)) / 3600)::float8 as hours
      from app.tenants t left join app.audit_heads h on h.tenant_id = t.id`),
  );
  return Math.max(0, hours ?? 0);
}
